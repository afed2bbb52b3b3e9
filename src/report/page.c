/* A page of HTML that stands alone. */
#include "report/page.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "charts/ticks.h"
#include "formats/png_write.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Colours that colour-blind people tell apart too, each light enough on dark and dark enough on light. */
static const char style[] =
    ":root{color-scheme:light dark;--paper:#ffffff;--card:#f6f7f9;--text:#1c2026;--soft:#59616d;--line:#d9dde3;"
    "--c1:#0067a8;--c2:#c75000;--c3:#007a5a;--c4:#7c8490;--heat:0,103,168;--wrong:#b3261e}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#14171b;--card:#1d2127;--text:#e7eaee;--soft:#a3acb8;"
    "--line:#363d47;--c1:#58b1f0;--c2:#ff9d57;--c3:#3fcfa4;--c4:#8a93a0;--heat:88,177,240;--wrong:#ff8a80}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:70rem;padding:1rem;background:var(--paper);color:var(--text);"
    "font:16px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0;overflow-wrap:anywhere}\n"
    "h2{font-size:1.25rem;margin:2rem 0 .5rem;padding-top:.5rem;border-top:1px solid var(--line)}\n"
    "h3{font-size:1rem;margin:1.2rem 0 .4rem}\n"
    "p{margin:.4rem 0;max-width:45rem;overflow-wrap:anywhere}.soft{color:var(--soft)}\n"
    ".numbers{display:flex;flex-wrap:wrap;gap:.6rem;margin:.8rem 0}\n"
    ".number{background:var(--card);border-radius:.5rem;padding:.5rem .9rem;min-width:7rem}\n"
    ".number b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}\n"
    ".number span{color:var(--soft);font-size:.85rem}\n"
    ".plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1rem}\n"
    "figure{margin:0;min-width:0}figcaption{font-size:.85rem;color:var(--soft)}\n"
    ".plot{display:block;width:100%;height:auto;background:var(--card);border-radius:.5rem}\n"
    ".plot text{fill:var(--soft);font:12px system-ui,sans-serif;paint-order:stroke;stroke:var(--card);stroke-width:3px;"
    "stroke-linejoin:round}.plot .title{fill:var(--text);font-weight:600;"
    "font-size:14px}\n"
    ".grid{stroke:var(--line);stroke-width:1}.mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}\n"
    ".line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}.dash{stroke-dasharray:6 4}\n"
    ".k1{stroke:var(--c1)}.k2{stroke:var(--c2)}.k3{stroke:var(--c3)}.k4{stroke:var(--c4)}\n"
    ".f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}.dots{fill-opacity:.5}"
    ".bars{fill-opacity:.75}\n"
    ".wide{overflow-x:auto;max-width:100%}\n"
    "table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.25rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}\n"
    "th{color:var(--soft);font-weight:600}th.name,td.name{text-align:left}td.name{white-space:normal}\n"
    "td.long{white-space:normal;overflow-wrap:anywhere;min-width:10rem}pre{white-space:pre-wrap;overflow-wrap:anywhere}\n"
    ".confusion th,.confusion td{padding:.2rem .4rem;text-align:center;min-width:2.2rem;font-size:.8rem}\n"
    ".confusion th.name{text-align:right}.confusion td.right{outline:2px solid var(--soft);outline-offset:-2px}\n"
    ".pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.8rem}\n"
    ".pictures img{display:block;width:100%;aspect-ratio:1;object-fit:contain;image-rendering:pixelated;"
    "background:#808080;border-radius:.3rem}\n"
    ".pictures figcaption{line-height:1.35;overflow-wrap:anywhere}.wrong{color:var(--wrong)}\n"
    "@media(max-width:62rem){table{font-size:.82rem}th,td{padding:.25rem .35rem}td.long{min-width:6.5rem}}\n"
    "tr.column td{border-bottom:0;border-top:1px solid var(--line)}\n"
    "@media(max-width:30rem){body{padding:.7rem;font-size:15px}.number{flex:1 1 40%}table{font-size:.82rem}"
    "th,td{padding:.2rem .3rem}}\n"
    "@media print{body{max-width:none}h2{break-after:avoid}figure,.number{break-inside:avoid}}\n";

void hone_internal_page_begin(hone_text *page, const char *title)
{
    hone_internal_text_append(
        page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
              "'unsafe-inline'; img-src data:\">\n<title>");
    hone_internal_page_say(page, title);
    hone_internal_text_append(page, "</title>\n<style>\n");
    hone_internal_text_append(page, style);
    hone_internal_text_append(page, "</style>\n</head>\n<body>\n<header>\n<h1>");
    hone_internal_page_say(page, title);
    hone_internal_text_append(page, "</h1>\n</header>\n<main>\n<section>\n");
}

void hone_internal_page_end(hone_text *page)
{
    hone_internal_text_append(page, "</section>\n</main>\n</body>\n</html>\n");
}

void hone_internal_page_section(hone_text *page, const char *title)
{
    hone_internal_text_append(page, "</section>\n<section>\n<h2>");
    hone_internal_page_say(page, title);
    hone_internal_text_append(page, "</h2>\n");
}

/* What HTML does not allow (controls, broken UTF-8) is shown as U+FFFD. */
void hone_internal_page_say(hone_text *page, const char *text)
{
    static const char *const marks[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    for (size_t left = strlen(text); left > 0;) {
        uint32_t character;
        size_t bytes = hone_internal_utf8_next(text, left, &character);
        bool control = (character < 32 && character != '\n' && character != '\t') ||
                       (character >= 127 && character < 160) || character == 0xfffd;
        if (character < sizeof marks / sizeof *marks && marks[character] != NULL)
            hone_internal_text_append(page, marks[character]);
        else if (control)
            hone_internal_text_append(page, "\xef\xbf\xbd");
        else
            hone_internal_text_append_n(page, text, bytes);
        text += bytes;
        left -= bytes;
    }
}

void hone_internal_page_say_format(hone_text *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = hone_internal_format_list(format, arguments);
    va_end(arguments);
    if (text != NULL)
        hone_internal_page_say(page, text);
    else
        page->failed = true;
    hone_internal_free(text);
}

static void put_box(hone_text *page, const char *label, const char *content)
{
    hone_internal_text_append(page, "<div class=\"number\"><b>");
    hone_internal_page_say(page, content);
    hone_internal_text_append(page, "</b><span>");
    hone_internal_page_say(page, label);
    hone_internal_text_append(page, "</span></div>\n");
}

void hone_internal_page_number(hone_text *page, const char *label, double value)
{
    char number[48] = "not a number";
    if (!isnan(value))
        hone_internal_number_short(value, number, sizeof number);
    put_box(page, label, number);
}

void hone_internal_page_count(hone_text *page, const char *label, int64_t count)
{
    char number[32];
    hone_internal_count_to_text((uint64_t)count, number, sizeof number);
    put_box(page, label, number);
}

/* ---- pictures ---- */

enum { MOST_SIDE = 256 };

/* Every `step`-th pixel as a byte. */
static unsigned char *to_bytes(const hone_page_picture *picture, int64_t step, int64_t *height,
                               int64_t *width)
{
    int64_t channels = picture->channels;
    double range = picture->high > picture->low ? picture->high - picture->low : 1;
    *height = (picture->height + step - 1) / step;
    *width = (picture->width + step - 1) / step;
    unsigned char *bytes = hone_internal_allocate((size_t)(*height * *width * channels));
    for (int64_t i = 0; bytes != NULL && i < *height * *width * channels; i++) {
        int64_t pixel = i / channels, row = pixel / *width * step, column = pixel % *width * step;
        double level = (double)picture->pixels[(row * picture->width + column) * channels + i % channels];
        level = (level - picture->low) / range * 255 + 0.5;
        bytes[i] = (unsigned char)(level > 0 ? fmin(level, 255) : 0);
    }
    return bytes;
}

hone_status hone_internal_page_picture(hone_text *page, const hone_page_picture *picture, const char *words)
{
    int64_t longest = picture->height > picture->width ? picture->height : picture->width, height, width;
    unsigned char *bytes = to_bytes(picture, (longest + MOST_SIDE - 1) / MOST_SIDE, &height, &width);
    void *file = NULL;
    size_t length;
    if (bytes == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_png_encode(bytes, (size_t)height, (size_t)width,
                                                  (size_t)picture->channels, &file, &length);
    hone_internal_free(bytes);
    if (status < 0)
        return status;
    hone_internal_text_append(page, "<img alt=\"");
    hone_internal_page_say(page, words);
    hone_internal_text_append(page, "\" src=\"data:image/png;base64,");
    hone_internal_base64_append(page, file, length);
    hone_internal_text_append(page, "\">");
    hone_internal_free(file);
    return HONE_OK;
}
