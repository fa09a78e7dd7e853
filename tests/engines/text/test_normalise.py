from civicloop.engines.text.normalise import plain


def test_width_case_and_decoration_are_removed():
    assert plain("【投诉】 云栖·湾小区 Ａ３栋　“违建”") == "投诉云栖湾小区a3栋违建"


def test_sentence_signs_become_one_break():
    assert plain("停水了！！怎么办？？请处理。") == "停水了\n怎么办\n请处理"


def test_text_without_words_is_empty():
    assert plain("），。…😀 ！") == ""
