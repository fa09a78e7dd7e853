"""Texts of 50,000 signs that make a careless pattern run for ever."""

LENGTH = 50_000
SEEDS = (
    " ", "\n ", "一、", "1.", "另外，", "之前向", "我也", "没有", "万一", "每天晚上", "去年10月", "2019-", "半个",
    "路", "小区", "望澜区", "村", "公司", "被", "打", "物业", "局", "中中中中", "a", "1", "。", "，", "(（", "多次反映",
)  # fmt: skip
TEXTS = [(seed * (LENGTH // len(seed) + 1))[:LENGTH] for seed in SEEDS]
