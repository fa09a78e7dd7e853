"""Tell what a citizen wants of the city: an answer, help, redress, an inquiry, a change, or to praise.

Untrained, words that announce a kind speak for it by fixed weights. Trained on the city's own rows, a
softmax regression over pairs of characters is added to those weights; it is penalised, so that where
the city's rows say little the rules keep the word.

Source: own arrangement; multinomial logistic regression with an L2 penalty fitted by L-BFGS (Liu and
Nocedal 1989), features hashed (Weinberger et al. 2009).
"""

import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from civicloop.engines.text.first_signs import compile_words

if TYPE_CHECKING:
    from scipy import sparse

KINDS = ("enquiry", "help", "complaint", "report", "suggestion", "praise")

Floats = npt.NDArray[np.float32]

_CUES = {
    "enquiry": r"咨询|请问|请教|想了解|想知道|想问|问一下|打听|如何办理|怎么办理|怎样办理|需要(?:什么|哪些)(?:材料|手续|条件)|是否可以|可不可以|能不能办|请告知|请解答|望解答|求解答"
    r"|有没有(?:相关|什么|具体)?政策|什么时候(?:能|可以|开始|开通|动工|建)|何时|多久|多少钱一|政策(?:是|如何|规定)|具体流程",
    "help": r"求助|求援|求救|救救|帮帮|帮忙|帮一下|请求(?:帮助|援助|救助|政府帮)|恳请[^，。]{0,6}帮|协助|申请(?:救助|补助|低保|临时救助)|走投无路|无家可归|帮我|予以帮助|紧急求|麻烦帮",
    "complaint": r"投诉|扰民|乱收费|不作为|太差|欺骗|坑人|霸王条款|推诿|敷衍|严重影响|没人管|无人管|恶劣|不满|虚假宣传|拖欠|不退|强制|质疑|讨个说法|维权|受不了",
    "report": r"举报|实名|检举|揭发|控告|贪污|受贿|腐败|以权谋私|偷税|偷排|涉嫌|违法(?!停|建)|非法|无证|诈骗|严查|查处|赌博|传销|假冒|偷工减料|黑心",
    "suggestion": r"建议|提议|建言|献策|意见和|一点意见|能否(?:增|设|开|加|改|将|把)|是否可以考虑|能不能考虑|希望(?:能)?(?:增设|增加|开通|优化|完善|加装|设立|新增|延长|调整)|应该(?:增|设)|可否(?:增|设|加)|呼吁",
    "praise": r"表扬|点赞|致谢|感谢信|表扬信|锦旗|好人好事|拾金不昧|值得表扬|特此感谢|表示(?:衷心的?)?感谢|衷心感谢|由衷感谢|真心感谢|给予(?:表扬|嘉奖)|为他们点|热心帮助|尽职尽责|非常满意",
}  # fmt: skip
_CUE = compile_words("|".join(f"(?P<{kind}>{words})" for kind, words in _CUES.items()))
# Complaints are so many that one word of a report does not outweigh them; to declare one does,
# whatever is complained of in it. Not declared is what was reported before, and by or against others;
# but "过期", "无证", "后厨" and "人社" begin what is reported.
_DECLARED = re.compile(
    r"(?:\A\W*|我们?|本人|特此|现在?|实名|匿名|依法|来电人?|市民|群众|诉求人|网友)(?:想要?|要|来|需要)?(?:向\w{1,8}?)?"
    r"(?:举报|检举|控告)"
    r"(?!的话|电话|热线|方式|渠道|平台|奖励|材料|信(?![访用息贷])|过(?![期度高渡滤程])|后(?![厨台勤街面])"
    r"|无(?![证照牌良资视故])|没(?![收证]|有[^人用结回处管任反下])|多次|者|人(?![社民才员防])|了\w{0,3}[次回遍]|属实|不实|未果)"
    r"|(?:\A|[，,。；;！!？?：:\s])[^，,。；;！!？?：:\s被遭没未不别恶多]*"
    r"(?:举报|检举|控告)[，,：:。]\s*(?:请|要求|希望|望|恳)"
)
_ASKS = re.compile(r"[吗呢？?][？?！!。\s]*(?:谢谢[！!。\s]*)?\Z")
_ASKS_AT_ALL = re.compile(r"[？?]")

_SUBJECT_WEIGHT, _TEXT_WEIGHT, _ASKS_WEIGHT = 1.6, 0.7, 0.9
_MOST_OF_A_CUE = 2  # repeating a word adds nothing more
_DECLARATION = 4  # cues that a declared report is worth: more than all of a complaint
_BASE = {"complaint": 0.9, "praise": -0.6}
_HEAD, _TAIL = 80, 60
_CUE_TAIL = 100
_BUCKETS = 1 << 15
_PENALTY = 1.0
_ITERATIONS = 25
_LEAST_SEEN = 4  # rows a feature must stand in to be learned
_CUE_COLUMNS = 2 * len(KINDS) + 2
MIN_ROWS = 200
FORMAT = "civicloop-kinds-1"


class NotEnoughKindsError(ValueError):
    """Too few rows, or all of one kind."""


class KindModelFileError(ValueError):
    """The bytes are no kind model of this version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindText:
    """A message whose kind is asked."""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedKind:
    """The likeliest kind and its probability, 0 to 1."""

    kind: str
    probability: float


class KindModel:
    """Suggests kinds; without weights by the rules alone."""

    def __init__(self, weights: Floats | None = None) -> None:
        """Args: weights: features by kinds, as ``train_kinds`` fits them."""
        self._weights = weights

    def suggest(self, messages: Sequence[KindText]) -> list[SuggestedKind]:
        """Return the likeliest kind of each message."""
        if not messages:
            return []
        cues = _cues(messages)
        scores = cues @ _PRIOR + _BASES
        if self._weights is not None:
            scores = scores + _features(messages, cues) @ self._weights
        chances = _softmax(scores)
        best = chances.argmax(axis=1)
        return [
            SuggestedKind(kind=KINDS[kind], probability=float(chances[row, kind]))
            for row, kind in enumerate(best)
        ]

    def to_bytes(self) -> bytes:
        """Return the model as npz, never a pickle."""
        weights = np.zeros((0, len(KINDS)), np.float16)
        if self._weights is not None:
            weights = self._weights.astype(np.float16)
        file = io.BytesIO()
        header = np.frombuffer(json.dumps({"format": FORMAT, "kinds": KINDS}).encode(), np.uint8)
        np.savez_compressed(file, header=header, weights=weights)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, payload: bytes) -> "KindModel":
        """Read what ``to_bytes`` wrote; raises KindModelFileError."""
        try:
            with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
                header = json.loads(stored["header"].tobytes())
                weights = stored["weights"].astype(np.float32)
            known = header["format"] == FORMAT and tuple(header["kinds"]) == KINDS
        except Exception as error:
            raise KindModelFileError(repr(error)) from error
        if not known or weights.shape[1:] != (len(KINDS),):
            raise KindModelFileError("another format")
        return cls(weights if len(weights) else None)


def train_kinds(messages: Sequence[KindText], kinds: Sequence[str]) -> KindModel:
    """Fit a model to rows whose kind is known; rows of a kind not in ``KINDS`` are left out.

    Raises:
        NotEnoughKindsError: fewer than ``MIN_ROWS`` usable rows, or a single kind.
    """
    usable = [(m, KINDS.index(k)) for m, k in zip(messages, kinds, strict=True) if k in KINDS]
    if len(usable) < MIN_ROWS or len({kind for _, kind in usable}) < 2:
        raise NotEnoughKindsError(f"{len(usable)} rows")
    texts = [message for message, _ in usable]
    cues = _cues(texts)
    targets = np.zeros((len(usable), len(KINDS)), np.float32)
    targets[np.arange(len(usable)), [kind for _, kind in usable]] = 1
    features = _features(texts, cues)
    seen = np.flatnonzero(np.diff(features.tocsc().indptr) >= _LEAST_SEEN)
    weights = np.zeros((features.shape[1], len(KINDS)), np.float32)
    weights[seen] = _fit(features[:, seen].tocsr(), cues @ _PRIOR + _BASES, targets)
    return KindModel(weights)


def _fit(features: "sparse.csr_matrix", prior: Floats, targets: Floats) -> Floats:
    from scipy.optimize import minimize

    shape = (features.shape[1], targets.shape[1])
    turned = features.T.tocsr()

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.reshape(shape).astype(np.float32)
        chances = _softmax(prior + features @ weights)
        entropy = -float(np.log(np.maximum((chances * targets).sum(axis=1), 1e-9)).sum())
        slope = turned @ (chances - targets) + _PENALTY * weights
        penalty = 0.5 * _PENALTY * float((weights**2).sum())
        return entropy + penalty, slope.astype(np.float64).ravel()

    begin = np.zeros(shape).ravel()
    fitted: Floats = minimize(
        loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS}
    ).x
    return fitted.reshape(shape).astype(np.float32)


def _softmax(scores: Floats) -> Floats:
    lifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = (lifted / lifted.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _prior() -> Floats:
    weights = np.zeros((_CUE_COLUMNS, len(KINDS)), np.float32)
    for column in range(len(KINDS)):
        weights[column, column] = _SUBJECT_WEIGHT
        weights[len(KINDS) + column, column] = _TEXT_WEIGHT
    weights[-2, KINDS.index("enquiry")] = weights[-1, KINDS.index("enquiry")] = _ASKS_WEIGHT
    return weights


_PRIOR = _prior()
_BASES = np.array([_BASE.get(kind, 0.0) for kind in KINDS], np.float32)


def _cues(messages: Sequence[KindText]) -> Floats:
    """Count what announces a kind, in the subject and where a text begins and ends."""
    found = np.zeros((len(messages), _CUE_COLUMNS), np.float32)
    column_of = {kind: column for column, kind in enumerate(KINDS)}
    for row, message in enumerate(messages):
        text = _ends(message.text, _HEAD, _CUE_TAIL)
        for match in _CUE.finditer(message.subject[:_HEAD]):
            found[row, column_of[match.lastgroup or ""]] += 1
        for match in _CUE.finditer(text):
            found[row, len(KINDS) + column_of[match.lastgroup or ""]] += 1
        found[row, -2] = bool(_ASKS.search(message.subject[-_HEAD:] or text[-_HEAD:]))
        found[row, -1] = bool(_ASKS_AT_ALL.search(text))
        np.minimum(found[row], _MOST_OF_A_CUE, out=found[row])
        if _DECLARED.search(text):
            found[row, len(KINDS) + column_of["report"]] = _DECLARATION
    return found


def _ends(text: str, head: int, tail: int) -> str:
    return text if len(text) <= head + tail else f"{text[:head]}\n{text[-tail:]}"


def _features(messages: Sequence[KindText], cues: Floats) -> "sparse.csr_matrix":
    """Cues, one column that is always 1, and hashed pairs of characters, present or not."""
    from scipy import sparse

    lines = [f"{m.subject[:_HEAD]}\x01{_ends(m.text, _HEAD, _TAIL)}\0" for m in messages]
    signs = np.frombuffer("".join(lines).encode("utf-32-le", "replace"), np.uint32)
    row_of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    pairs = (signs[:-1].astype(np.uint64) * 0x9E3779B1 + signs[1:] * np.uint64(0x85EBCA77)) >> 7
    inside = row_of[:-1] == row_of[1:]
    columns = (pairs % _BUCKETS).astype(np.int64)[inside]
    grams = sparse.csr_matrix(
        (np.ones(len(columns), np.float32), (row_of[:-1][inside], columns)),
        shape=(len(lines), _BUCKETS),
    )
    grams.data[:] = 0.5
    ones = np.ones((len(lines), 1), np.float32)
    return sparse.hstack([sparse.csr_matrix(cues), sparse.csr_matrix(ones), grams]).tocsr()
