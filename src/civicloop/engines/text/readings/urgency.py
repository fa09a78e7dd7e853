"""Judge how urgent a message is, by the dangers and pressures it names and how it names them.

Each hit keeps its span and its state: present, near ("随时会塌"), possible ("存在火灾隐患"), past
("去年着过火") or none, which
covers what is denied ("没有人受伤"), taught ("消防安全宣传") or a manner of speech ("吵死了").

Source: own work; the levels follow the fields' practice of calling back at once where life is in
danger, on the same day where harm threatens, and before others where somebody presses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from civicloop.engines.text.first_signs import compile_words

PRESENT, NEAR, POSSIBLE, PAST, NONE = "present", "near", "possible", "past", "none"

_DANGERS = {
    "self_harm": r"自杀|上吊|轻生|跳楼(?!价|机|甩|大减|促销)|跳河|跳桥|割腕|喝农药|服毒|不想活|活不下去|活不了了|寻短见|想死(?!的心)|去死|同归于尽|一了百了|死给"
    r"|(?:爬|站|坐)(?:在|到|上)(?:了)?(?:楼顶|天台|桥栏)",
    "gas": r"(?:泄|漏)(?:出|了)?(?:大量)?(?:燃气|煤气|天然气|液化气|瓦斯)|(?:燃气|煤气|天然气|液化气|沼气|瓦斯|管道气)[^，。；！？\n]{0,4}?漏(?=[了出得着]|[，。；！？\n]|\Z)|(?:燃气|煤气|天然气|液化气|沼气|瓦斯|氨气|氯气|毒气|管道气)[^，。；！？\n]{0,5}?(?:泄漏|泄露|漏气|外泄|味|爆)|漏气|报警器[^，。；\n]{0,4}(?:叫|响)|(?:屯|囤|存放?|堆)[^，。；\n]{0,8}(?:液化气|煤气罐|气瓶|汽油|烟花|危化品)|煤气罐[^，。；\n]{0,4}爆|一氧化碳",
    "fire": r"(?<!挑)起火|(?<!打不)(?<!点不)着火|着了火|失火|火灾|着过(?:一次)?火|烧起来|冒(?:黑|浓|白)?烟(?!囱|尘)|冒火花?|打火花|自燃|爆炸|爆燃|炸了(?!锅)|火苗|大火|浓烟|短路",
    "collapse": r"坍塌|倒塌|垮塌|塌方(?!式)|塌陷|塌了|垮了|要塌|滑坡|泥石流|决堤|溃坝|(?:外墙|墙皮|墙砖|瓷砖|玻璃|广告牌|墙体|瓦片|砖块|吊顶)[^，。；！？\n]{0,5}?(?:脱落|掉落|坠落|砸|掉)"
    r"|高空(?:坠物|抛物)|从天而降|(?:电梯|轿厢)[^，。；！？\n]{0,8}?(?:下坠|坠落|急坠|往下掉|掉了?一?截|冲顶|困)"
    r"|(?:楼房?|墙体?|房屋|房子|屋顶|承重墙|桥墩?|路面|地基|房梁)[^，。；！？\n]{0,4}?(?:倾斜|开裂|裂开|要倒|歪了|沉降|下沉|裂缝|塌|垮)|要倒(?![白夜闭霉贴车退班查水垃几扣]|\d)|危房|危楼|危桥|危墙",
    "electric": r"触电|漏电|电死|(?:电线|电缆|高压线|电线杆|线杆|变压器|电箱|配电箱)[^，。；！？\n]{0,6}?(?:裸露|掉落?|垂|断|倒|斜|冒|炸|敞)",
    "water": r"溺水|落水|淹死|(?:掉|摔|跌|滑)(?:进|到|入|下|落)(?:了)?[^，。；！？\n]{0,4}?(?:河|水|井|坑|沟|池|塘|洞)|井盖[^，。；！？\n]{0,5}?(?:缺失|丢失|没了|不见|被偷|陷|翻)|没有?井盖|无井盖|水[^，。；\n]{0,4}漫[到过进]|洪水(?!猛兽)|内涝|被淹",
    "life": r"昏迷|晕倒|晕过去|昏倒|休克|猝死|生命垂危|生命危险|危及(?:到)?生命|不省人事|大出血|心脏病(?:发|突发)|抢救|(?<![令让]人)窒息|抽搐|高烧不退|倒在(?:家|地|路|屋)|死了人|死过人|(?<![急吵烦热臭气累笑冷饿晕])死人|死亡|身亡|遇难|丧命|送命|出人命|闹人命|(?<!草菅)人命(?!关天)|救命(?!的|钱|稻草|路|恩|药|通道|消防|车道)"
    r"|中毒|被困|困在|困住|摔断|骨折|头破血流|流血不止|受伤|伤人|砸到人|砸伤|烫伤|烧伤|轧伤|撞死|撞伤|撞飞|过敏性休克|车祸|(?:打|拨|叫)了?120(?!报堵)|断粮|绝食",
    "violence": r"持刀|拿着?刀|动刀|有刀|砍人|砍伤|砍死|捅(?:人|伤|死|了)|殴打|打人|被[^，。；！？\n]{0,4}打(?:伤|(?![乱扰断造通开算压击磨发]))|打伤|群殴|家暴|(?<!严重)(?<!大的)(?<!大)(?<!成)威胁(?!到|着|[^，。；\n]{0,8}?(?:安全|健康|生命|财产|利益|资产))|恐吓|扬言|绑架|抢劫|强奸(?!式)|猥亵|性侵|性骚扰|非法拘禁|限制人身自由|打架|斗殴|枪支|报复|(?<!移)动手(?![机术工续])|抓扯|打砸|寻衅滋事(?!罪)|跟踪尾随|尾随"
    r"|见人就(?:扑|咬)|打(?:老婆|媳妇|妻子|孩子|小孩|老人)|拿着(?:棍|钢管|铁|砍|菜刀)|拿(?:棍|钢管|砍刀|菜刀)|(?:狗|犬|蛇|马蜂)[^，。；！？\n]{0,4}?(?:咬|扑|蜇)|咬伤|被[^，。；！？\n]{0,3}咬",
    "child": r"虐待|虐童|体罚|拐卖|走失|(?<!玩)失踪|走丢|(?:孩子|小孩|学生|儿童|女儿|儿子|婴儿|幼儿|娃)[^，。；！？\n]{0,5}?(?:受伤|被打|摔伤|摔倒|出事|被欺|欺凌|遭殴|被扎|被锁|失联|不见了|关在|发烧不退)|校园(?:欺凌|霸凌)|霸凌|欺凌|针扎|扎针",
}  # fmt: skip
_PRESSURES = {
    "mass": r"集体(?:上访|维权|投诉|讨薪|到|去|抗议|罢|信访)|联名(?:信|签|投诉|上访|反映|写)?|上访|拉横幅|拉起横幅|围堵|堵路|堵门|静坐|游行|罢工|罢运|罢课|群体性事件|聚众|请愿|讨说法|激起民愤|民愤",
    "deadline": r"(?:今天|今晚|明天|明早|明日|后天|本周|这周|马上|即将|眼看)(?:就)?(?:要)?(?:开学|高考|中考|截止|到期|交房|开庭|拆|手术|出院|断|过期|停|搬|交|报名|入住|结束|关闭)|最后(?:一天|期限|[一二三两]天)"
    r"|(?:截止|截至)(?:日期|时间|到今天|到明天)|限期|(?:今天|明天|月底|周[一二三四五六日])(?:之?前)(?:必须|就要|要)|急需|十万火急|火急|刻不容缓|来不及|等不起|等不及|等不了|撑不住|快不行|急急急|紧急|加急|马上处理|立刻处理|尽早解决",
    "vulnerable": r"独居老人|空巢老人|留守儿童|留守老人|孤儿|残疾(?:人|老人|证)?|瘫痪|卧病在床|卧床|孕妇|怀孕|产妇|坐月子|婴儿|新生儿|刚出生|[七八九]十(?:多|几)?岁|[789]\d岁|高龄|透析|癌症|化疗|重病|病危|坐轮椅|智障|精神病|低保|五保",
    "repeated": r"(?:再次|多次|反复|几次三番|屡次|一再|三番五次|第[二三四五六]次|又来|数次|无数次)[^，。；！？\n]{0,6}?(?:反映|投诉|来电|举报|催|打|找|拨打|写信|报修|沟通|上访|咨询|求助|申请|申诉|联系|要求|留言)"
    r"|(?:反映|投诉|打|举报|报修|找|催)(?:过|了)?(?:[两二三四五六七八九十几数好N]{1,3}|\d{1,3})(?:多)?(?:次|遍|回|个电话)|(?:至今|仍然?|依然|一直|还是|始终|迟迟|到现在[都还也]?)(?:都|还|也|仍)?(?:没有?|未|无)[^，。；！？\n]{0,5}?(?:解决|处理|答复|回复|结果|人管|人理|改变|进展|整改|下文|动静|落实|说法)"
    r"|石沉大海|没有?下文|不了了之|催办|互相推诿|踢皮球|踢来踢去",
}  # fmt: skip
_CODES = {**_DANGERS, **_PRESSURES}
_HITS = compile_words("|".join(f"(?P<{code}>{words})" for code, words in _CODES.items()))
DANGER_CODES = tuple(_DANGERS)
PRESSURE_CODES = tuple(_PRESSURES)

_CLAUSE = re.compile(r"[，。；！？,;!?\n：:]")
_LOOK_BACK, _LOOK_AHEAD = 16, 12
_DENIED = re.compile(
    r"(?:看不到|看不见|没看到|不是说|不像是|没有?|未|并?无|并非|不是|不会|不曾|从未|从没|从来没有?|尚未|幸好没|没什么|不存在|排除)(?:任何|造成|发生|出现|引起|引发|导致|人员|有人|人|过|再|什么|被|有|因此|听说|大|会|所谓的?|真的?|的|家人|大家|谁|其他|老百姓|群众|业主|居民|可能)*\Z"
)
_DENIED_AFTER = re.compile(
    r"(?:的?(?:事件|情况|现象|问题|事故|风险|隐患))?(?:是(?:假|谣)|已?(?:排除|解除|扑灭|辟谣)|未发生|没有发生|不存在|为零|未造成)"
)
_TAUGHT_BEFORE = re.compile(
    r"(?:预防|防范?|防止|消防|宣传|学习|讲解|演练|培训|避免|杜绝|模拟|关于|如何|怎么|怎样|应对|咨询|新闻|报道|电视|视频里|听说外地|网上看到|假如|禁止|严禁|不得|反|拒绝|灭|投保|购买|遏制|抗|买|知识)(?:的|了|说|：|“|于|和|、|\"|某地|上|里|外地){0,6}\Z"
)
_TAUGHT_AFTER = re.compile(
    r"(?:的|和|、|等|，)?[^，。；！？\n]{0,3}(?:演练|宣传|培训|讲座|教育|预防|防范|防治|防控|预案|报警器|报警系统|探测器|警报|保护器|保险|知识|应急|救援站|热线|赔偿标准|价|警告|抚恤|证明|证(?!据|实|人)|率|待遇|工伤认定标准|条例|法规?|保障|救助政策|补助政策|鉴定标准|治理政策|补贴|志愿|频发|多发|案例|频频|猛于虎|无情)"
)
_SPEECH_AFTER = re.compile(r"(?:了(?:一样|似的)?)?的?(?:生意|行情|价格|热度|一般|似的|般)")
_SPEECH_BEFORE = re.compile(r"(?:像|好像|如同|简直|犹如|仿佛|似乎|比|好比)[^，。]{0,6}\Z")
_POSSIBLE_AFTER = re.compile(
    r"(?:、[^，。；、]{1,4}){0,3}(?:事故|等|的|，|、)*(?:安全)?(?:隐患|风险|危险|可能|都有可能|不堪设想|无处逃生|的话|怎么办|后果|时(?:无|难|疏散|逃))|[^，。；！？\n]{0,6}(?:可乘之机|(?:故障|情况|事故|现象)?[后时](?:[，,]|才会|就会))"
)
_IF = re.compile(r"(?:万一|一[旦但]|假如|要是|如果)[^。；！？\n]*\Z")
_POSSIBLE = re.compile(
    r"(?:万一|如果|要是|一旦|假如|若|怕|担心|害怕|恐怕|唯恐|生怕|会不会|可能|容易|极易|易|几乎|隐患|恐|以防|以免|避免|免得|预防|防止|别|难免|或|引发|造成|导致|威胁到|危及|容易让|谁来|有可能|将|存在|等到|难道|非要|非得|真的?出|赶在|[就才必将定都]会|会被|提心吊胆|冒着)[^，。；！？\n]{0,12}\Z"
)
_NEAR_AT_HAND = re.compile(
    r"(?:随时|眼看|快要|差点|差一点|险些|马上|早晚|迟早)[^，。；！？\n]{0,8}\Z"
)
_OFTEN = re.compile(r"(?:经常|常常|时常|常年|动辄|屡屡|每次|天天|数次|几次)[^，。；！？\n]{0,8}\Z")
_OFTEN_AFTER = re.compile(
    r"[^，。；！？\n]{0,4}(?:司空见惯|家常便饭|时有发生|屡见不鲜|不计其数|[几数多]次)"
)
_ELSEWHERE = re.compile(
    r"(?:某[市地县小]|外地|类似|(?:其他|好几个|又一个?|多个|别的)(?:城市|小区|地方|楼盘)|各地|此次|该次)[^。；！？\n]{0,16}\Z"
)
_PAST = re.compile(
    r"(?:去年|前年|大前年|以前|从前|曾经?|上次|那年|当年|[几两三四五六七八九十]年前|小时候|早年|年轻时|(?:19|20)\d\d年|上个?月|前段时间|半年前|[几两三四五六七]个月前|年前|之前|过去|多次|[两二三四五几]次|[那这]场|发生(?:过|了)|\d月\d{1,2}[日号])[^。；！？\n]{0,14}\Z"
)
_CAPS = (  # dangers that do not call for somebody at once, however present
    (1, re.compile(r"墙皮|裂缝|开裂|裂开|沉降|下沉|车祸|打架|动手|抓扯|寻衅滋事|欺凌|霸凌|体罚|短路|死亡|死人|死过人|抢救|拘禁|人身自由")),
    (2, re.compile(r"危[房楼桥墙]|浓烟|窒息|危及|断|掉|威胁|恐吓|扬言|报复|斗殴|绑架|抢劫|被淹|内涝|冒(?:黑|浓|白)?烟|烧伤|烫伤|骨折|受伤|脱落|掉落|高空|虐待|裸露|敞|斜|性骚扰|尾随|人命|身亡|[咬扑蜇]|殴打|打人|打伤|被[^，。]{0,4}打|摔|失踪|爆炸|伤人|砸|井盖")),
)  # fmt: skip
_DONE = re.compile(r"[砸烫烧轧撞打摔]伤|骨折|受伤|车祸|摔断|死亡|身亡|死[了过]?人|抢救")
_DONE_AFTER = re.compile(r"过(?![来去敏期])")
_SENTENCE_END = re.compile(r"[。；！？!?;\n]")
_FRONT = 150  # characters; who needs help at once says so in these
_NOW = re.compile(
    r"刚刚|刚才|刚(?=[被发出起着掉漏倒])|正在|正(?=冒|漏|着|往)|此刻|现在(?:还|正|就|已|仍)|目前(?:还|正|已|仍)|今[天早晨晚]|昨[天晚夜]|马上|立刻|快来|赶紧|还在|仍在"
)
_OWN = re.compile("我|本人|自己|俺|不想活|活不|想死|寻短见|轻生|(?:要|想|准备|打算)去?跳")
_JUST = re.compile(r"(?:刚|正|现在|此刻|今天|今早|马上)[^。；！？\n]{0,12}\Z")
_DENIED_INSIDE = re.compile("(?:没有|并未|未|不会)(?!井)")
_BREAKS = re.compile("[垮塌炸]")  # what people say of themselves, too
_NOT_OF_BODIES = re.compile(r"(?:身体|人|生意|心态)都?\Z")
_SMOKE_OF_WORKS = re.compile(r"(?:烟囱|油烟|夜宵|餐|厂|垃圾|焚烧|秸秆|烧烤|烧|排)[^。；\n]{0,8}\Z")
_LEVEL_OF_STATE = {PRESENT: 3, NEAR: 2, POSSIBLE: 1, PAST: 1, NONE: 0}
_LEVEL_OF_PRESSURE = {"mass": 2, "deadline": 1, "vulnerable": 1, "repeated": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgencyHit:
    """A word of danger or pressure; ``text[start:end]`` is the surface."""

    start: int
    end: int
    code: str  # a danger or a pressure
    state: str  # present, near, possible, past or none

    @property
    def is_danger(self) -> bool:
        """Whether somebody may come to harm, now or soon."""
        return self.code in DANGER_CODES and self.state in (PRESENT, NEAR, POSSIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """How urgent a message is, 0 to 3, and why."""

    level: int
    hits: tuple[UrgencyHit, ...]  # in the order of the text, those of no weight too

    @property
    def reasons(self) -> tuple[str, ...]:
        """The codes that made the level, weightiest first."""
        weights: dict[str, int] = {}
        for hit in self.hits:
            weights[hit.code] = max(weights.get(hit.code, 0), 1 if hit.state != NONE else 0)
        return tuple(code for code in _CODES if weights.get(code))


def judge_urgency(text: str) -> Urgency:
    """Return the urgency of a text; an empty one is of level 0."""
    hits = tuple(_hits(text))
    level = max((_level(text, hit) for hit in hits), default=0)
    return Urgency(level=level, hits=hits)


def _hits(text: str) -> Iterator[UrgencyHit]:
    for match in _HITS.finditer(text):
        code = match.lastgroup or ""
        start, end = match.span()
        state = _state(text, start, end) if code in _DANGERS else _pressure_state(text, start)
        yield UrgencyHit(start=start, end=end, code=code, state=state)


def _pressure_state(text: str, start: int) -> str:
    before = _CLAUSE.split(text[max(start - _LOOK_BACK, 0) : start])[-1]
    return NONE if _DENIED.search(before) or _TAUGHT_BEFORE.search(before) else PRESENT


def _state(text: str, start: int, end: int) -> str:
    """Tell whether a danger is there, near, may come, was there, or is only talked of."""
    earlier = text[max(start - _LOOK_BACK, 0) : start]
    before, surface = _CLAUSE.split(earlier)[-1], text[start:end]
    after = text[end : end + _LOOK_AHEAD]
    if _is_only_said(before, surface, after):
        return NONE
    if _NEAR_AT_HAND.search(before + surface):
        return NEAR
    if _POSSIBLE.search(before) or _POSSIBLE_AFTER.match(after) or _IF.search(earlier):
        return POSSIBLE
    is_done = _DONE.search(surface) and not _JUST.search(earlier)
    is_far = _PAST.search(earlier) or _ELSEWHERE.search(earlier)
    if is_done or "过" in surface or _DONE_AFTER.match(after) or is_far:
        return PAST
    return NEAR if _OFTEN.search(before) or _OFTEN_AFTER.match(after) else PRESENT


def _is_only_said(before: str, surface: str, after: str) -> bool:
    """Tell whether a danger is denied, taught, or a manner of speech."""
    return bool(
        any(words.search(before) for words in (_DENIED, _TAUGHT_BEFORE, _SPEECH_BEFORE))
        or any(words.match(after) for words in (_DENIED_AFTER, _TAUGHT_AFTER, _SPEECH_AFTER))
        or before.rfind("《") > before.rfind("》")
        or (_BREAKS.search(surface) and _NOT_OF_BODIES.search(before))
        or _DENIED_INSIDE.search(surface)
        or ("烟" in surface and _SMOKE_OF_WORKS.search(before))
    )


def _level(text: str, hit: UrgencyHit) -> int:
    if hit.state == NONE:
        return 0
    if hit.code in _PRESSURES:
        return _LEVEL_OF_PRESSURE[hit.code]
    level = _LEVEL_OF_STATE[hit.state]
    if hit.code == "self_harm" and hit.state != PAST:
        return 2 if _is_by_the_way(text, hit.start, _OWN) else 3
    surface = text[hit.start : hit.end]
    if level == _LEVEL_OF_STATE[PRESENT] and _is_by_the_way(text, hit.start, _NOW):
        level = _LEVEL_OF_STATE[NEAR]
    return min(level, *(cap for cap, words in _CAPS if words.search(surface)), 3)


def _is_by_the_way(text: str, start: int, pressing: re.Pattern[str]) -> bool:
    """Tell whether a danger is named deep in a letter, in a sentence that does not press.

    Who needs help at once says so at once; long letters tell whole histories.
    """
    sentence = _SENTENCE_END.split(text[max(start - _FRONT, 0) : start])[-1]
    return start > _FRONT and not pressing.search(sentence + text[start : start + _LOOK_AHEAD])
