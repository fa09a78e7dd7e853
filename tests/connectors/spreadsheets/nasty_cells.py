"""Times, ids and numbers as people write them, and CSV files at the limits."""

from tests.connectors.spreadsheets.nasty import (
    FEW,
    FIRST,
    HEADER,
    PLAIN,
    SECOND,
    SHORT,
    TEXT,
    Nasty,
    nasty_csv,
)

from civicloop.connectors.spreadsheets import Field, ImportMapping, Limits
from civicloop.connectors.spreadsheets.shape import DateOrder

FILES: list[Nasty] = []

# --- times ----------------------------------------------------------------------------------------
TIMES = (
    "2019/1/16 9:05:14", "2019-01-16", "20190116", "20190116090514", "2019.1.16", "2019年1月16日 9时5分",
    "2019年01月16日09时05分14秒", "2019/1/16 下午3:05", "2019-1-16 上午 12:30:00", "2019-01-16T09:05:14+08:00",
    "2019-01-16T01:05:14Z", "2019-01-16 09:05:14.123", "43481.3786342593", "43481", "２０１９／１／１６　９：０５",
    "2019-01-16 星期三 09:05", "2019/1/16 3:05 PM", "16/1/2019", "1/16/2019", "16.01.2019 09:05", "5/5/2019",
    "20190116 09:05:14", "2019-01-16 9点",
)  # fmt: skip
FILES.append(
    nasty_csv(
        "ways to write a time",
        HEADER + "\n" + "".join(f'{i},"{t}",a,b\n' for i, t in enumerate(TIMES)),
        good=len(TIMES),
    )
)
BAD_TIMES = (
    ("昨天", "unreadable_time"), ("2019-02-30", "unreadable_time"), ("2019-01-16 25:00", "unreadable_time"),
    ("2019年1月", "unreadable_time"), ("5/3/2019", "ambiguous_time"), ("19/1/16", "ambiguous_time"),
    ("", "missing_time"), ("2024-06-03", "time_out_of_range"), ("1988-04-17 02:30", "time_out_of_range"),
    ("0000-00-00 00:00:00", "unreadable_time"), ("99999", "time_out_of_range"), ("9" * 400, "unreadable_time"),
)  # fmt: skip
FILES.append(
    nasty_csv(
        "times that cannot be used",
        HEADER + "\n" + "".join(f"{i},{t},a,b\n" for i, (t, _) in enumerate(BAD_TIMES)),
        problems=tuple(code for _, code in BAD_TIMES),
    )
)
FILES.append(
    nasty_csv(
        "a column that shows its order", f"{HEADER}\n1,5/3/2019,a,b\n2,16/3/2019,a,b\n", good=2
    )
)
FILES.append(
    nasty_csv(
        "a column that shows both orders",
        f"{HEADER}\n1,5/3/2019,a,b\n2,16/3/2019,a,b\n3,3/16/2019,a,b\n",
        good=2,
        problems=("ambiguous_time",),
    )
)
FILES.append(
    nasty_csv(
        "an order given by the mapping",
        f"{HEADER}\n1,5/3/2019,a,b\n",
        good=1,
        mapping=ImportMapping(date_order=DateOrder.DAY_FIRST),
    )
)
FILES.append(
    nasty_csv(
        "an order against the mapping",
        f"{HEADER}\n1,5/3/2019,a,b\n2,3/16/2019,a,b\n",
        good=1,
        problems=("ambiguous_time",),
        mapping=ImportMapping(date_order=DateOrder.DAY_FIRST),
    )
)
FILES.append(
    nasty_csv(
        "a format given by the mapping",
        f"{HEADER}\n1,16 Jan 2019,a,b\n",
        good=1,
        mapping=ImportMapping(date_formats=("%Y", "%d %b %Y")),
    )
)

# --- ids and numbers --------------------------------------------------------------------------------
FILES.append(
    nasty_csv(
        "an id that Excel destroyed",
        PLAIN.replace("1001", "4.2E+17"),
        good=1,
        problems=("destroyed_number",),
    )
)
FILES.append(
    nasty_csv(
        "ids that must stay text",
        PLAIN.replace("1001", "420123199001011234").replace("1002", '="00123"'),
        good=2,
    )
)
VOTES = ("3", "1,234", "１２", "0", "", "5.0")
FILES.append(
    nasty_csv(
        "ways to write votes",
        f"{HEADER},点赞数,反对数\n"
        + "".join(f'{i},2023-05-04,a,b,"{v}",0\n' for i, v in enumerate(VOTES)),
        good=6,
    )
)
BAD_VOTES = ("-1", "三", "1.5", "1_000", "12,34", "9" * 30, "4000000000")
FILES.append(
    nasty_csv(
        "votes that are none",
        f"{HEADER},点赞数\n"
        + "".join(f'{i},2023-05-04,a,b,"{v}"\n' for i, v in enumerate(BAD_VOTES)),
        problems=("unreadable_number",) * 7,
    )
)
FILES.append(
    nasty_csv(
        "errors of formulas",
        PLAIN.replace("青石路口的路灯坏了三天", "#NAME?").replace("1002", "#N/A"),
        problems=("error_value", "error_value"),
    )
)
FILES.append(
    nasty_csv(
        "a cell of 100,001 characters",
        PLAIN.replace("坏了", "坏" * 100_001),
        good=1,
        problems=("too_long",),
    )
)
FILES.append(
    nasty_csv(
        "neither text nor subject", f"{HEADER}\n1,2023-05-04,　, \n", problems=("missing_text",)
    )
)
FILES.append(
    nasty_csv(
        "cells that look like formulas",
        PLAIN.replace("路灯不亮", "=1+1").replace("垃圾清运", "@SUM(A1)"),
        good=2,
    )
)

# --- at the limits ---
FILES.append(nasty_csv("one row at a time", PLAIN, good=2, limits=Limits(batch_rows=1)))
FILES.append(nasty_csv("one character at a time", PLAIN, good=2, limits=Limits(batch_characters=1)))
FILES.append(nasty_csv("more rows than allowed", PLAIN, refused="too_many_rows", limits=FEW))
FILES.append(
    nasty_csv("a longer line than allowed", PLAIN + TEXT, refused="line_too_long", limits=SHORT)
)
FILES.append(
    nasty_csv(
        "a longer cell than allowed",
        PLAIN.replace("青石路口的路灯坏了三天", f'"{"x" * 60}\n{"y" * 60}"'),
        refused="line_too_long",
        limits=SHORT,
    )
)
FILES.append(
    nasty_csv(
        "a bigger file than allowed", PLAIN, refused="too_big", limits=Limits(max_file_bytes=9)
    )
)
FILES.append(
    nasty_csv(
        "a field of the csv module's limit",
        PLAIN.replace("三天", "三" * 90),
        refused="line_too_long",
        limits=Limits(max_line_characters=80),
    )
)
FILES.append(
    nasty_csv(
        "a separator that is no row", "sep=,\n" + PLAIN, good=2, notes={"title": 1, "header": 1}
    )
)
FILES.append(
    nasty_csv(
        "a header row given by the mapping",
        f"{HEADER}\n{PLAIN}",
        good=2,
        notes={"title": 1, "header": 1},
        mapping=ImportMapping(header_row=2),
    )
)
FILES.append(
    nasty_csv(
        "a letter beyond the header",
        f"{HEADER}\n{FIRST},x\n",
        good=1,
        mapping=ImportMapping(columns={"@E": Field.UNIT}),
    )
)
FILES.append(
    nasty_csv(
        "the source's own words",
        f"{HEADER},类型\n{FIRST}, 投诉 件\n",
        good=1,
        mapping=ImportMapping(value_names={Field.KIND: {"投诉 件": "complaint"}}),
    )
)
FILES.append(
    nasty_csv(
        "an order shown far down",
        "编号,时间,内容\n" + "1,5/3/2019,a\n" * 600 + "2,16/3/2019,a\n",
        good=601,
        limits=Limits(batch_rows=300),
    )
)
FILES.append(
    nasty_csv(
        "blank runs apart",
        f"{HEADER}\n\n{FIRST}\n\n{SECOND}\n",
        good=2,
        notes={"header": 1, "blank": 2},
    )
)
FILES.append(
    nasty_csv(
        "blank rows in two runs of one chunk",
        f"标题行,,,\n\n{HEADER}\n{FIRST}\n,,,\n",
        good=1,
        notes={"title": 1, "blank": 2, "header": 1},
    )
)
FILES.append(
    nasty_csv("only times", "时间,日期\n2023-05-04,2023-05-04\n", refused="no_text_column")
)
FILES.append(
    nasty_csv(
        "a plain beginning of 2 MB",
        (HEADER + "\n" + "1,2023-05-04,a,b\n" * 80_000 + FIRST + "\n")
        .encode("gb18030")
        .replace(HEADER.encode("gb18030"), b"id,time,title,text"),
        good=80_001,
    )
)
