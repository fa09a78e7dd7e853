"""CSV files of every encoding, delimiter, header and ending."""

import codecs
import random

from tests.connectors.spreadsheets.nasty import (
    FIRST,
    HEADER,
    PLAIN,
    TABLE,
    Nasty,
    nasty_csv,
    nasty_file,
)

from civicloop.connectors.spreadsheets import Field, ImportMapping

FILES: list[Nasty] = []

# --- encodings --------------------------------------------------------------------------------
FILES.append(nasty_csv("utf-8", PLAIN, good=2))
FILES.append(nasty_csv("utf-8 with mark", codecs.BOM_UTF8 + PLAIN.encode(), good=2))
FILES.append(nasty_csv("gb18030", PLAIN.encode("gb18030"), good=2))
FILES.append(
    nasty_csv("gb18030 with a rare name", PLAIN.replace("青石", "䶮㙍𠮷").encode("gb18030"), good=2)
)
FILES.append(
    nasty_csv(
        "utf-16 little-endian with mark", codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le"), good=2
    )
)
FILES.append(
    nasty_csv(
        "utf-16 big-endian with mark", codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), good=2
    )
)
FILES.append(nasty_csv("utf-16 little-endian without mark", PLAIN.encode("utf-16-le"), good=2))
FILES.append(nasty_csv("utf-16 big-endian without mark", PLAIN.encode("utf-16-be"), good=2))
FILES.append(
    nasty_csv(
        "utf-8 with a damaged byte",
        PLAIN.encode().replace("坏".encode(), b"\xe5\x9d"),
        good=1,
        problems=("unreadable_characters",),
    )
)
FILES.append(
    nasty_csv(
        "gb18030 with a damaged byte",
        PLAIN.encode("gb18030").replace("坏".encode("gb18030"), b"\xff"),
        good=1,
        problems=("unreadable_characters",),
    )
)
FILES.append(nasty_csv("noise", b"\x01\x02\xff\x03" * 400, refused="no_table"))
FILES.append(
    nasty_file(
        "a workbook overwritten with noise",
        lambda path: path.write_bytes(random.Random(1).randbytes(20_000)),
        refused="no_table",
    )
)
FILES.append(
    nasty_csv("text in no encoding", b"\xc4\xff\xfe\xff" * 400, refused="unknown_encoding")
)
FILES.append(
    nasty_csv(
        "utf-8 chosen by the mapping",
        PLAIN.encode("big5", "ignore"),
        mapping=ImportMapping(encoding="big5"),
        refused="no_text_column",
    )
)
FILES.append(
    nasty_csv(
        "a NUL byte in a text", PLAIN.replace("坏了", "坏\0了"), good=1, problems=("nul_character",)
    )
)
FILES.append(
    nasty_csv(
        "a tail of NUL bytes",
        PLAIN + "\0" * 4096,
        good=2,
        problems=("too_few_cells", "nul_character", "missing_text", "missing_time"),
        rows=4,
    )
)
FILES.append(nasty_csv("emoji and right-to-left", PLAIN.replace("三天", "😡\u202e三天"), good=2))

# --- delimiters, quotes, line ends -------------------------------------------------------------
FILES.append(nasty_csv("semicolons", PLAIN.replace(",", ";"), good=2))
FILES.append(nasty_csv("tabs", PLAIN.replace(",", "\t"), good=2))
FILES.append(nasty_csv("pipes", PLAIN.replace(",", "|"), good=2))
FILES.append(
    nasty_csv(
        "semicolons and commas in the text",
        PLAIN.replace(",", ";").replace("坏了", "坏,了,"),
        good=2,
    )
)
FILES.append(
    nasty_csv(
        "Excel's separator line",
        f"sep=;\r\n{PLAIN.replace(',', ';')}",
        good=2,
        notes={"title": 1, "header": 1},
    )
)
FILES.append(nasty_csv("Windows line ends", PLAIN.replace("\n", "\r\n"), good=2))
FILES.append(nasty_csv("old Mac line ends", PLAIN.replace("\n", "\r"), good=2))
FILES.append(nasty_csv("no line end at the end", PLAIN.rstrip("\n"), good=2))
FILES.append(
    nasty_csv(
        "quoted line breaks",
        PLAIN.replace("路灯坏了三天", '"').replace("青石路口的", '"青石\n\n路口,""灯""\r\n坏'),
        good=2,
    )
)
FILES.append(
    nasty_csv(
        "a quotation mark that never closes",
        PLAIN.replace("青石", '"青石'),
        problems=("unclosed_quote",),
    )
)
FILES.append(
    nasty_csv(
        "line separators that are no line ends",
        PLAIN.replace("坏了", "坏\u2028\u0085\x0b了"),
        good=2,
    )
)
FILES.append(
    nasty_csv(
        "every cell quoted", "\n".join(",".join(f'"{c}"' for c in line) for line in TABLE), good=2
    )
)

# --- ragged rows --------------------------------------------------------------------------------
FILES.append(
    nasty_csv(
        "a comma too many", PLAIN.replace("坏了", "坏,了"), good=1, problems=("too_many_cells",)
    )
)
FILES.append(nasty_csv("commas behind the table", PLAIN.replace("三天", "三天,,,"), good=2))
FILES.append(
    nasty_csv(
        "a text broken in two lines",
        PLAIN.replace("标题,诉求内容", "诉求内容,标题").replace("路灯不亮,", "路灯\n不亮,"),
        good=1,
        problems=("too_few_cells", "too_few_cells", "unreadable_time", "missing_text"),
        rows=4,
    )
)
FILES.append(
    nasty_csv(
        "blank lines between",
        PLAIN.replace("\n1002", "\n\n,,,\n  ,\n1002"),
        good=2,
        notes={"header": 1, "blank": 3},
    )
)
FILES.append(nasty_csv("no rows at all", HEADER + "\n", good=0))
FILES.append(nasty_csv("only blank characters", "\n \r\n\t\n", refused="empty"))
FILES.append(nasty_csv("nothing", b"", refused="empty"))
FILES.append(
    nasty_csv(
        "601 columns", "标题,内容," + ",".join(["x"] * 599) + "\n", refused="too_many_columns"
    )
)

# --- headers ------------------------------------------------------------------------------------
FILES.append(
    nasty_csv(
        "English headers", "Ticket ID,Created At,Summary,Description\n1,2023-05-04,a,b\n", good=1
    )
)
FILES.append(
    nasty_csv(
        "headers with remarks and full width",
        "ＩＤ（必填）,诉求 时间：,*标题*,【诉求内容】\n1,2023-05-04,a,b\n",
        good=1,
        mapping=ImportMapping(columns={"【诉求内容】": Field.TEXT}),
    )
)
FILES.append(
    nasty_csv(
        "title rows above",
        f"某市诉求明细表,,,\n导出时间：2023-06-01,,,\n\n{PLAIN}",
        good=2,
        notes={"title": 2, "blank": 1, "header": 1},
    )
)
FILES.append(
    nasty_csv(
        "two header rows",
        "编号,诉求,,诉求人,,答复,\n,时间,内容,姓名,电话,时间,内容\n7,2023-05-04,灯坏,林某,1380000,2023-05-06,已修\n",
        good=1,
        notes={"header": 2},
    )
)
FILES.append(
    nasty_csv(
        "the header printed again",
        f"{PLAIN}{HEADER}\n{FIRST}\n",
        good=3,
        notes={"header": 1, "repeated_header": 1},
    )
)
FILES.append(nasty_csv("unknown headers", "甲,乙\n一,二\n", refused="no_text_column"))
FILES.append(
    nasty_csv("no header", "1,2023-05-04,灯坏\n2,2023-05-05,车堵\n", refused="no_text_column")
)
FILES.append(
    nasty_csv(
        "no header, columns by letter",
        "1,2023-05-04,灯坏\n2,2023-05-05,车堵\n",
        good=2,
        notes={},
        mapping=ImportMapping(
            header_row=0, columns={"@A": Field.ID, "@B": Field.RECEIVED_AT, "@C": Field.TEXT}
        ),
    )
)
FILES.append(
    nasty_csv(
        "a mapped header that is missing",
        PLAIN,
        refused="mapped_column_missing",
        mapping=ImportMapping(columns={"来函": Field.TEXT}),
    )
)
FILES.append(
    nasty_csv(
        "a header row that is not there",
        PLAIN,
        refused="no_text_column",
        mapping=ImportMapping(header_row=900),
    )
)
FILES.append(nasty_csv("no time column", "编号,内容\n1,灯坏\n", refused="no_time_column"))
FILES.append(
    nasty_csv(
        "no time column, time given",
        "编号,内容\n1,灯坏\n",
        good=1,
        mapping=ImportMapping(constants={Field.RECEIVED_AT: "2023-05-04"}),
    )
)
FILES.append(nasty_csv("a header cell of 1 MB", PLAIN.replace("标题", "标" * 1_000_000), good=2))
FILES.append(nasty_csv("two columns of one name", PLAIN.replace("标题", "诉求内容"), good=2))
FILES.append(nasty_csv("a subject and no text", "编号,时间,标题\n1,2023-05-04,）\n", good=1))

# --- totals and remarks ---------------------------------------------------------------------------
FILES.append(
    nasty_csv(
        "totals",
        f"{PLAIN}小计,2,,\n合 计：,,2件,\n总计：2件,,,\n",
        good=2,
        notes={"header": 1, "total": 3},
    )
)
FILES.append(
    nasty_csv(
        "remarks",
        f"{PLAIN}注：以上为五月数据,,,\n,,备注：不含网络渠道,\n制表人：林某,审核人：陈某,2023年6月1日,\n",
        good=2,
        notes={"header": 1, "remark": 3},
    )
)
FILES.append(
    nasty_csv(
        "an appeal about totals",
        PLAIN.replace("垃圾清运", "合计").replace("小区东门", "备注：小区东门"),
        good=2,
    )
)
FILES.append(
    nasty_csv(
        "a remark where no time is needed",
        f"{PLAIN},,,备注：不含网络渠道\n",
        good=2,
        notes={"header": 1, "remark": 1},
        mapping=ImportMapping(time_required=False),
    )
)
