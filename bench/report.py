"""Tables and the picture of what run.py measured. A row is a dict; ROW_FIELDS are its keys."""
import csv
import statistics

from workloads import UNITS

ROW_FIELDS = ("workload", "title", "unit", "who", "version", "threads", "median", "least", "most", "over_floor", "hone_is_times_as_fast",
              "peak_mb", "note")


def number(value, digits=3):
    """Three digits that count: 0.452, 12.3, 1,234."""
    if value is None or value == "":
        return ""
    if value == 0:
        return "0"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{digits - 1 if value >= 1 else digits}f}" if value < 10 else f"{value:.1f}"


def rows_of(part):
    """The rows of a part that has been measured."""
    medians = {(c.key, c.threads): statistics.median(c.seconds) * getattr(c, "times", 1) for c in part.contestants if c.seconds}
    scale = UNITS[part.unit]
    rows = []
    for c in part.contestants:
        own, times = medians.get((c.key, c.threads)), getattr(c, "times", 1) * scale
        floor, hone = medians.get(("floor", c.threads)), medians.get(("hone", c.threads))
        peer = c.key.split()[0] not in ("hone", "floor")
        rows.append({
            "workload": part.letter, "title": part.title, "unit": f"{part.unit} {part.per}".strip(), "who": c.label, "version": c.version,
            "threads": c.threads, "median": "" if own is None else own * scale,
            "least": min(c.seconds) * times if c.seconds else "", "most": max(c.seconds) * times if c.seconds else "",
            "over_floor": own / floor if own and floor else "", "hone_is_times_as_fast": own / hone if peer and own and hone else "",
            "peak_mb": c.peak_mb or "", "note": c.failure or ""})
    return rows


def memory_rows(part):
    """The same for a part whose number is the peak memory."""
    hone = next((c.peak_mb for c in part.contestants if c.key == "hone"), None)
    return [{**dict.fromkeys(ROW_FIELDS, ""), "workload": part.letter, "title": part.title, "unit": "MB", "who": c.label,
             "version": c.version, "threads": c.threads, "median": c.peak_mb or "", "note": c.failure or "", "peak_mb": c.peak_mb or "",
             "hone_is_times_as_fast": c.peak_mb / hone if hone and c.peak_mb and c.key != "hone" else ""} for c in part.contestants]


def _cells(row):
    spread = f"{number(row['least'])} to {number(row['most'])}" if row["least"] != "" else ""
    over = "" if row["over_floor"] == "" else f"{row['over_floor']:.2f}"
    factor = "" if row["hone_is_times_as_fast"] == "" else f"{row['hone_is_times_as_fast']:.1f}"
    return [row["who"], str(row["threads"]), number(row["median"]) if row["median"] != "" else "", spread, over, factor,
            number(row["peak_mb"]), row["note"]]


def _heads(unit):
    last = "times Hone's" if unit == "MB" else "Hone is times as fast"
    return ["", "threads", unit, "spread", "over the floor", last, "peak MB", ""]


def _groups(rows):
    """Rows by title, in their order."""
    groups = {}
    for row in rows:
        groups.setdefault((row["workload"], row["title"], row["unit"]), []).append(row)
    return groups.items()


def text(rows):
    """For a terminal."""
    lines = []
    for (letter, title, unit), members in _groups(rows):
        lines += ["", f"({letter}) {title}"]
        table = [_heads(unit), *map(_cells, members)]
        widths = [max(len(line[i]) for line in table) for i in range(7)]
        for line in table:
            cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:7], widths[1:])] + [line[7]]
            lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(rows, machine):
    lines = [machine, ""]
    for (letter, title, unit), members in _groups(rows):
        lines += [f"**({letter}) {title}**", "", "| " + " | ".join(_heads(unit)) + " |", "| --- |" + " ---: |" * 6 + " --- |"]
        lines += ["| " + " | ".join(_cells(row)) + " |" for row in members] + [""]
    versions = sorted({row["version"] for row in rows if row["version"]})
    if versions:
        lines.append("Versions: " + "; ".join(versions) + ".")
    return "\n".join(lines).rstrip() + "\n"


def write_csv(rows, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ROW_FIELDS)
        writer.writeheader()
        for row in rows:
            writer.writerow({key: f"{value:.6g}" if isinstance(value, float) else value for key, value in row.items()})


# ---- the picture ----

COLOURS = {"floor": "#9a9a9a", "Hone": "#c8102e"}
PEER_COLOUR = "#5b7ea4"


def _escaped(words):
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _bar_groups(rows):
    """What is drawn: groups with a time for Hone and someone beside it, each thread count apart."""
    for (letter, title, unit), members in _groups(rows):
        for threads in sorted({row["threads"] for row in members}):
            bars = [row for row in members if row["threads"] == threads and row["median"] not in ("", 0)]
            if unit and len(bars) > 1 and any(row["who"].startswith(("Hone", "hone")) for row in bars):
                plural = "thread" if threads == 1 else "threads"
                yield f"({letter}) {title}; {unit}, {threads} {plural}", bars


MOST_TIMES_HONE = 12  # a bar that is longer is cut, so that the others can be told apart


def write_svg(rows, path):
    """Bars, shorter is better, each group on a scale of its own."""
    width, left, right, row_height = 900, 250, 90, 18
    parts, y = [], 10
    for title, bars in _bar_groups(rows):
        y += 24
        parts.append(f'<text x="10" y="{y}" font-weight="bold">{_escaped(title)}</text>')
        hone = min(row["median"] for row in bars if row["who"].startswith(("Hone", "hone")))
        longest = min(max(row["median"] for row in bars), MOST_TIMES_HONE * hone)
        y += 6
        for row in bars:
            kind = "floor" if row["who"].startswith("floor") else "Hone" if row["who"].startswith(("Hone", "hone")) else ""
            length = max(1, min(1, row["median"] / longest) * (width - left - right))
            cut = " \u00bb" if row["median"] > longest else ""
            parts.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{_escaped(row["who"])}</text>'
                         f'<rect x="{left}" y="{y + 2}" width="{length:.1f}" height="{row_height - 4}" '
                         f'fill="{COLOURS.get(kind, PEER_COLOUR)}"/>'
                         f'<text x="{left + length + 6:.1f}" y="{y + 13}">{number(row["median"])}{cut}</text>')
            y += row_height
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + 12}" font-family="sans-serif" font-size="12">\n'
                   f'<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n")
