"""Phrases that give an answer away: what is said to whoever scores it, and swear words of its own."""

import re
from collections.abc import Iterator

_BID = r"(?:^|[.!?:;,\n]\s*|\b(?:please|now|just|simply|you(?: (?:must|should|can|have to|need to))?)\s+)"
"""How a sentence begins that tells somebody to do something."""
_ANSWER = (
    r"(?:this|my|the) (?:answer|response|reply|text|transcript|candidate|applicant|student|submission|interview)\b"
)
_BEST = (
    r"(?:full|maximum|max|top|highest|perfect|best|excellent)(?: possible)?\s+"
    r"(?:marks?|scores?|points?|grades?|ratings?|credits?|levels?)\b"
    r"|\b(?:100|10)(?: points\b| out of\b|\s*/\s*10|\s*%|(?=[.!?]|$))|\b(?:5\s*/\s*5|five stars)\b"
)
_READER = r"(?:grader|scorer|evaluator|examiner|marker|ai|llm|chatbot|language model|scoring system)\b"
_RULES = r"(?:instructions?|prompts?|rules|rubrics?|criteria|guidelines)\b"
_TELLS = r"(?:gives?|award|assign|grant|rate|grade|score|mark)"
_INJECTION = re.compile(
    r"(?<!not )(?<!never )(?<!n't )(?<!n’t )(?<!\bi )(?<!\bwe )(?<!they )(?<!he )(?<!to )"
    r"\b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|of|the|these|those|your|my)\s+)*"
    r"(?:(?:previous|prior|above|earlier|preceding|system|grading|scoring|evaluation|marking)\s+(?:\w+\s+)?"
    rf"{_RULES}|rubrics?\b|your {_RULES}|(?:everything|anything|all) (?:above|before this)\b)"
    rf"|\b{_TELLS}\s+{_ANSWER}[^.!?\n]{{0,40}}\b(?:{_BEST}|as (?:excellent|perfect|outstanding)\b)"
    rf"|{_BID}{_TELLS}\s+(?:me|it|this)\b[^.!?\n]{{0,40}}\b(?:{_BEST}|as (?:excellent|perfect|outstanding)\b)"
    rf"|\b(?:{_BEST})\s+(?:for|to)\s+{_ANSWER}"
    rf"|\b(?:output|print|respond with|reply with|return)\s+only\s+(?:the\s+)?(?:{_BEST}|scores?\b|grades?\b)"
    rf"|{_BID}(?:output|print|respond with|reply with|return)\s+(?:an?\s+|the\s+)?(?:{_BEST})"
    rf"|{_BID}(?:important\s+)?(?:note|message|instructions?|attention)\s+(?:to|for)\s+(?:the\s+)?(?:\w+\s+)?{_READER}"
    r"|\b(?:note|message|instructions?)\s+(?:to|for)\s+(?:the\s+)?(?:model|system|assistant)\s*:"
    rf"|\byou are (?:now )?(?:an?|the)\s+(?:\w+\s+)?{_READER}"
    r"|\byou are now (?:an?|the)\s+(?:\w+\s+)?(?:assistant|model|system)\b(?! (?:manager|engineer|administrator))"
    rf"|{_BID}act as (?:an?|the)\s+(?:\w+\s+)?{_READER}"
    r"|^\s*(?:system|assistant|developer)\s*:"
    r"|<\s*/?\s*(?:system|assistant|user|instructions?)\s*>|<\|[a-z_]+\|>|\[/?inst\]"
    r"|(?<![不没别未])(?<![不没别未].)(?:忽略|无视|忘记|忘掉|不要理会|不用管)(?![了过])(?:掉|所有|全部|一切|你|的)*"
    r"(?:(?:以上|上述|上面|前面|之前|先前|此前|系统)[^。,!?\n]{0,6}(?:指令|指示|说明|规则|标准|提示|设定|要求)"
    r"|(?:评分|打分|阅卷)[^。,!?\n]{0,4}(?:要求|规则|标准|细则|指令)|指令|提示词)"
    r"|(?:请|务必|必须|直接|应该|应当|麻烦)(?:你|您|务必|直接|一定|都|一律|老师|考官)*(?:给|打|评|判|算)"
    r"(?:我|本|此|这个?|该|出|个|以|予|上|为|回答|答案|打|一个|考生|候选人){0,6}"
    r"(?:满分|最高分|高分|最高等级|一百分|100\s*分|(?:10|5)\s*分)(?![的钟之])"
    r"|(?:给|为|把|将)(?:本|此|该|这)(?:份|个|段|篇|条|位|次)?(?:回答|答案|答卷|作答|文本|考生|候选人|应聘者)"
    r"[^。!?\n]{0,8}(?:满分|最高分|高分|一百分|100\s*分|最高等级|优秀)"
    r"|(?:^|[。!?;,:\n]|请)(?:你|您|直接|务必|只)*(?:输出|返回)(?:出|一个|的|为|:)*(?:满分|最高分|一百分|100\s*分)"
    r"|(?:你现在是|你是一[个名位]|请你?扮演)[^。!?\n]{0,12}(?:评分|阅卷|打分|考官|ai|人工智能|语言模型)"
    r"|^\s*系统(?:提示词|指令)?\s*:|系统指令:|致(?:评分|阅卷)",
    re.MULTILINE,
)
_SWEAR = re.compile(
    r"\b(?:fuck\w*|motherfuck\w*|shit(?:ty|s)?|bullshit|bitch(?:es)?|assholes?|bastards?|cunts?|dickheads?|wankers?|"
    r"bollocks|twats?|piss off|crappy)\b"
    r"|他妈(?!妈)|(?<![妈爸我你她他咱姨姑舅婶干奶])妈的|妈逼|操你[妈大]|草泥马|傻逼|傻b|煞笔|狗屁|放屁|王八蛋"
    r"|混蛋|滚蛋|(?<![过失])去死(?![板记守忠角])|婊子|狗日的|脑残|白痴|扯淡|卧槽"
)
_QUOTED = re.compile(r"\"[^\"\n]*\"|“[^“”]*”|‘[^‘’]*’|「[^」]*」|『[^』]*』|«[^»]*»")
_TOLD_OF_OTHERS = re.compile(
    r"\b(?:customers?|clients?|callers?|guests?|boss|managers?|colleagues?|foreman|m[ae]n|wom[ae]n|people|"
    r"somebody|someone|he|she|they|who)\b[^.!?\n]*"
    r"\b(?:call(?:ed|s|ing)?|sa(?:id|ys?)|shout\w*|yell\w*|scream\w*|told|tell\w*|swore|curs\w*|insult\w*|wrote)\b"
    r"[^.!?\n]*$"
    r"|(?:客户|客人|顾客|买家|对方|他|她|有人|领导|经理|同事)[^。!?\n]{0,12}(?:骂|喊|吼|叫|嚷|开口就?是|说)[^。!?\n]{0,12}$"
)


def talks_to_the_grader(plain: str) -> bool:
    """Say whether normalised text tells whoever scores it what to do, or what grade to give."""
    return bool(_INJECTION.search(plain))


def swears(plain: str) -> bool:
    """Say whether normalised text has a swear word of its own: none that it quotes, or tells that others said."""
    return any(_own_swear_words(_QUOTED.sub(" ", plain)))


def _own_swear_words(plain: str) -> Iterator[str]:
    for found in _SWEAR.finditer(plain):
        if not _TOLD_OF_OTHERS.search(plain[: found.start()]):
            yield found.group()
