"""Names of people where something tells that a name follows, or stands before a telephone.

Names without any cue are not found: in Chinese they look like other words.
"""

import re
from collections.abc import Iterator

from civicloop.engines.pii.plain import Plain
from civicloop.engines.pii.values import PiiKind, Taken

_SURNAMES = (
    "段赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏章云苏潘葛奚范彭郎鲁韦昌马苗凤方俞任袁柳"
    "史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒"
    "屈项祝董梁杜阮蓝闵席季麻贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓单杭洪包"
    "左石崔吉龚程邢裴陆荣翁荀甄曲封储靳焦牧车侯班仰仲宫宁仇栾甘厉祖武符刘景詹束龙叶司黎薄印白蒲从鄂索籍赖卓屠"
    "池乔阴苍双闻莘党翟谭贡申扶堵冉宰桂牛寿边燕冀浦尚农温庄晏柴瞿阎连茹习艾容向古易慎戈廖庾终居衡步耿满匡寇广"
    "东欧沃利蔚越隆师巩聂晁勾敖融冷辛阚简饶曾沙养丰关相查荆游竺权盖益桓公仝佟付兰覃檀肖闫窦"
)
_DOUBLE = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|长孙|夏侯|南宫"
_SURNAME = f"(?:{_DOUBLE}|[{_SURNAMES}])"
_HAN = "[\u4e00-\u9fff\u3400-\u4dbf]"
_IN_NAME = "(?![不了的到款元部门件们个这那是在有没未被把吗呢吧啊某])[\u4e00-\u9fff\u3400-\u4dbf]"
_AFTER = "住家因今于电手身联号男女现系来和与及为已被从到要想对就向将也都没无说称反投举咨性年岁，。"
_HIDDEN = "[某Xx*]{1,2}"  # by the writer already
_GIVEN = f"(?:{_HIDDEN}|(?:{_IN_NAME}){{1,2}})"
_END = "(?=[，。；！？,;!?:：（( ]|$|电话|手机|身份证|联系|家住|住在|男|女|今年|[0-9\n])"
_MINORITY = f"{_HAN}{{2,6}}[·•・]{_HAN}{{2,6}}"
_ADVERBIAL = "向于从和与及对曾连相常时应当全方易关广高严强明万平单安冷温热简直党终边同一独多都"
_STRONG = re.compile(
    rf"(?:我叫做?|名叫|名字叫|名字是|本人叫|(?:姓名|联系人|户主|[诉报映电请修害系访]人)(?:姓名)?[是为叫:：])[:： ]{{0,2}}"
    rf"({_MINORITY}|{_SURNAME}{_GIVEN})"
)
_LABEL = re.compile(
    rf"(?:姓名|联系人|户主|[投申上]诉人|[举填申]报人|反映人|来电人|申请人|报修人|受害人|来访人|署名|落款)(?:[ ]?({_MINORITY}|{_SURNAME}{_GIVEN})|[:：] ?({_HAN}{{2,3}})){_END}"
)
_WEAK = re.compile(
    rf"(?:(?<!不)我是|本人是?|鄙人|我[爸妈父母儿女丈妻]亲?子?|老公|老婆|丈夫|妻子|爱人|儿子|女儿|父亲|母亲|[哥弟姐妹爷奶]{2}|[岳祖][父母]|患者|伤者|死者)[:： ]?({_MINORITY}|{_SURNAME}{_GIVEN}){_END}"
)
_WEAKER = re.compile(
    rf"(?:业主|村民|居民|租户|住户|房主|车主|职工|市民|患者|学生|家长)[:： ]?({_SURNAME}{_GIVEN})"
    r"(?=[，,、（( ]?(?:电话|手机|身份证|联系|家住|住在|男|女|今年|[0-9])|先生|女士|小姐|同学)"
)
_WHO_SAYS = re.compile(  # behind what may begin an adverb, 业主相继反映, no name is taken
    rf"(?:业主|村民|居民|租户|住户|房主|车主|职工|市民|患者|学生)[:： ]?((?![{_ADVERBIAL}]){_SURNAME}{_GIVEN})"
    r"(?=反映|投诉|来电|举报|家长|的家长)"
)
_SIGNED = re.compile(
    rf"(?:此致|敬礼)[，,!！。 \n]{{0,3}}({_SURNAME}{_GIVEN})(?=[，。,;；!！ \n0-9]|$)"
)
_SURNAME_ONLY = re.compile(
    rf"(?:我姓|免贵姓|本人姓|姓(?=.[的，。,名])|姓)({_SURNAME})(?![名氏])(?=[，。,的；、！ ]|$|电话|手机|先生|女士)"
)
_HONORIFIC = "(?:先生|女士|小姐|同学|大爷|大妈|阿姨|大叔|大姐|大哥|奶奶|爷爷|老汉|师傅|师父)"
_HONOURED = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[人民主户向由是叫为者客系和与给找问据]))"
    rf"({_MINORITY}|{_SURNAME}(?:{_HIDDEN}|(?:{_IN_NAME}){{0,2}}))(?={_HONORIFIC})"
)
_BEFORE_PHONE = re.compile(
    rf"(?:(?<![\u4e00-\u9fff])|(?<=[人主叫系]))({_SURNAME}(?:{_IN_NAME}){{1,2}})"
    r"[，,、:： （(]{0,2}(?:(?:联系)?(?:电话|手机)号?码?[:： ]{0,2})?(?=[\x00])"
)
_AFTER_PHONE = re.compile(
    rf"\x00{{7,}}[ ,，、（(]{{0,2}}({_SURNAME}(?:{_IN_NAME}){{1,2}})(?![\u4e00-\u9fff])"
)
_LONG = 3
_WORDS = (  # that begin like a name
    "不详 未知 付定 查证 于去 查不 匿名 保密 同上 业主 市民 村民 群众 无名 本人 何时 何人 何地 何处 何种 时间 方面 方式 方便 高度 高兴 安全 常年 常住 成年 明天 明确 连续 连年 万分 应该 应当 曾经 相关 相信 关于"
    " 关注 关心 单位 单身 毕业 计划 从事 从来 从小 向来 居住 居民 常在 于是 于今 时常 和谐 公司 公民 经理 广大 支持 支付 解决 解释 石家庄"
    " 高新区 江苏 江西 云南 海南 湖南 河南 广东 广西 燕郊 平安 强烈 应届 温馨 东门 农民 农村 农户 牛奶 路过 路人 车主 车辆 车位 房东 房屋 房主 房产"
    " 党员 党委 边上 边防 门卫 易怒 终于 终身 权利 权益 满意 满心 步行 养老 养殖 养狗 包括 左右 左邻 查询 查看 简单 简直 冷水 时候 项目 管理 金额"
    " 程度 马上 马路 白天 空调 热水 任何 任意 全体 代表 许多 许可 严重 严格 华侨 安置 安装 平时 元旦 余生 顾客 孟母 祝愿 祝福 童年 夏天 高中 高三 高一 高二 高龄 高级 高层"
    " 林业 胡同 柯里 管道 卢沟 应聘 丁字 宣传 单亲 单元 洪水 包工 石材 吉祥 印章 白领 从前 申请 申报 申诉 堵车 温州 连锁 易地 古城 居委 满族 关系 相当 相邻"
    " 回族 游客 侯车 班主任 班级 班长 武警 龙头 叶子 司机 司法 师傅 师范 尚未 边缘 常务 公道 利益 钱财 左心 乐于 于某 成都 成立 成人 成员 时刻"
)
_NO_NAMES = frozenset(_WORDS.split())


def find_names(text: Plain, taken: Taken) -> None:
    """Take names after a cue and names beside a telephone number that was found."""
    words = text.words
    for match in _STRONG.finditer(words):
        _take_strong(match, taken)
    for pattern in (_LABEL, _WEAK, _WEAKER, _HONOURED, _WHO_SAYS, _SURNAME_ONLY, _SIGNED):
        for match in pattern.finditer(words):
            _take(match, taken)
    marked = _without(words, taken)
    for pattern in (_BEFORE_PHONE, _AFTER_PHONE):
        for match in pattern.finditer(marked):
            _take(match, taken)


def _take(match: re.Match[str], taken: Taken) -> None:
    group = match.lastindex or 1
    if not _is_word(match[group]):
        taken.take(PiiKind.NAME, *match.span(group))


def _take_strong(match: re.Match[str], taken: Taken) -> None:
    """Take the name after a strong cue; its last sign may belong to what follows."""
    name, (start, end) = match[1], match.span(1)
    if _is_word(name):
        return
    if len(name) == _LONG and name[-1] in _AFTER:
        end -= 1
    taken.take(PiiKind.NAME, start, end)


def is_no_name(words: str) -> bool:
    """Whether words that stand where a name is expected are none: 匿名, 市民."""
    return words in _NO_NAMES


def _is_word(name: str) -> bool:
    return name in _NO_NAMES or name[:2] in _NO_NAMES


def _without(words: str, taken: Taken) -> str:
    """The text with every telephone blotted out by NUL, so that what stands beside it is seen."""
    pieces: list[str] = []
    end = 0
    for start, stop in sorted(_phones(taken)):
        pieces += [words[end:start], "\0" * (stop - start)]
        end = stop
    return "".join([*pieces, words[end:]])


def _phones(taken: Taken) -> Iterator[tuple[int, int]]:
    for span in taken.spans:
        if span.kind in (PiiKind.MOBILE, PiiKind.LANDLINE):
            yield span.start, span.end
