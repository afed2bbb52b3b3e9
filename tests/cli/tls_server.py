#!/usr/bin/env python3
"""A local HTTPS server with a throw-away certificate, for the tests of fetching: good, slow, broken, lying, redirecting.

    tls_server.py FOLDER

serves the files of FOLDER under /MANNER/name, and prints "PORT PATH-OF-CA"; it ends when its input does. The manners are the
functions below whose names begin with serve_."""
import http.server
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time

CUT = 1000  # bytes after which a broken server stops


def make_certificates(folder):
    """A CA and a certificate for localhost that it signs; valid for two days."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, "names"), "w") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=throw-away CA", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "server.key", "-out", "server.csr")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *words):
        pass

    def do_GET(self):
        _, manner, name = self.path.split("/", 2)
        path = os.path.join(self.server.folder, os.path.basename(name))
        data = None
        if os.path.exists(path):
            with open(path, "rb") as file:
                data = file.read()
        self.server.requests.append((manner, name, self.headers.get("Range")))
        serve = getattr(self, "serve_" + manner, None)
        if data is None or serve is None:
            self.send_error(404)
        else:
            try:
                serve(data, name)
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                pass

    def start(self):
        """The first byte that is asked for."""
        asked = self.headers.get("Range")
        return int(asked[len("bytes="):-1]) if asked else 0

    def answer(self, data, start=0, length=None):
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (start, len(data) - 1, len(data)))
        self.send_header("Content-Length", str(len(data) - start if length is None else length))
        self.end_headers()
        return data[start:]

    def serve_good(self, data, name):
        self.wfile.write(self.answer(data, self.start()))

    def serve_cut(self, data, name):
        """The connection ends after a while; the next time the rest."""
        rest = self.answer(data, self.start())
        self.wfile.write(rest if self.start() else rest[:CUT])

    def serve_norange(self, data, name):
        """The same, by a server that knows no ranges."""
        asked = self.start()
        self.wfile.write(self.answer(data)[:None if asked else CUT])

    def serve_otherrange(self, data, name):
        """A broken connection, then another range than the one that is asked for."""
        rest = self.answer(data, self.start() and self.start() - 1)
        self.wfile.write(rest if self.start() else rest[:CUT])

    def serve_turned(self, data, name):
        """Other bytes at first; all right ones from the second whole answer on."""
        rest = self.answer(data, self.start())
        if self.start() or self.server.changed:
            self.wfile.write(rest)
        else:
            self.server.changed += 1
            self.wfile.write(bytes(CUT))

    def serve_gone(self, data, name):
        """A broken connection, then no such range, then all of it."""
        if self.start():
            self.send_error(416)
        elif self.server.changed:
            self.wfile.write(self.answer(data))
        else:
            self.server.changed += 1
            self.wfile.write(self.answer(data)[:CUT])

    def serve_wrong(self, data, name):
        self.wfile.write(self.answer(bytes(len(data))))

    def serve_longer(self, data, name):
        self.wfile.write(self.answer(data + b"more"))

    def serve_lying(self, data, name):
        """Says a size that it does not have."""
        self.answer(data, 0, 10**15)
        self.wfile.write(data)

    def serve_endless(self, data, name):
        """Says no size, and goes on for ever."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(data)
        while True:
            self.wfile.write(bytes(1 << 16))

    def serve_short(self, data, name):
        """Says no size, and ends too soon."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(data[:CUT])

    def serve_slow(self, data, name):
        rest = self.answer(data, self.start())
        for byte in rest[:100]:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.2)

    def serve_silent(self, data, name):
        time.sleep(20)

    def redirect(self, place):
        self.send_response(302)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def serve_redirect(self, data, name):
        self.redirect("/good/" + name)

    def serve_loop(self, data, name):
        self.redirect("/loop/" + name)

    def serve_tohttp(self, data, name):
        self.redirect("http://localhost:%d/good/%s" % (self.server.plain_port, name))

    def serve_tofile(self, data, name):
        self.redirect("file://" + os.path.join(self.server.folder, name))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("localhost", 0), Handler)
        self.folder, self.requests, self.changed = folder, [], 0
        self.certificates = tempfile.mkdtemp(prefix="hone-tls-")
        make_certificates(self.certificates)
        self.ca = os.path.join(self.certificates, "ca.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.certificates, "server.pem"), os.path.join(self.certificates, "server.key"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.plain = http.server.ThreadingHTTPServer(("localhost", 0), Handler)
        self.plain.daemon_threads = True
        self.plain.folder, self.plain.requests, self.plain_port = folder, [], self.plain.server_address[1]
        for server in (self, self.plain):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def handle_error(self, request, address):
        pass  # a client that trusts nobody

    def url(self, manner):
        return "https://localhost:%d/%s" % (self.server_address[1], manner)

    def close(self):
        for server in (self, self.plain):
            server.shutdown()
            server.server_close()
        shutil.rmtree(self.certificates)


if __name__ == "__main__":
    running = Server(sys.argv[1])
    print(running.server_address[1], running.ca, flush=True)
    sys.stdin.read()
    running.close()
