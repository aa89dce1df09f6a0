"""What the authors of the data files read: one Chinese sentence per problem, saying what is wrong and what to do.

With `diff_words` the only module of the catalog with Chinese sentences. `{0}`, `{1}` … are the problem's details. The list in
`questionnaires/README.md` is kept equal to this one by a test.
"""

from collections.abc import Mapping

from portal.core.errors import Problem

SENTENCES: Mapping[str, str] = {
    # The file as YAML
    "no_folder": "没有这个目录。请写问卷数据所在的目录，例如 questionnaires/",
    "no_file": "文件打不开（{0}）。",
    "stray_file": "这里不该有数据文件。请放进 sources、shared、technologies 或行业目录，后缀用 .yaml，不再分子目录。",
    "not_utf8": "文件不是 UTF-8 编码。请用编辑器另存为 UTF-8。",
    "not_yaml": "YAML 写法有误，这个文件没有读完。请检查本行附近的缩进、冒号、引号和括号（{0}）。",
    "no_document": "文件是空的。",
    "second_document": "一个文件只写一份内容，请去掉“---”分隔的第二份。",
    "too_deep": "嵌套超过 {0} 层，多半是括号没有配对。",
    "anchor": "不用锚点 &{0} 和引用 *{0}，请把内容直接写出来。",
    "tag": "不用类型标记 {0}，请直接写值；需要当作文字的加引号。",
    "key_not_text": "键必须是一个词，不能是列表或映射。",
    "equal_keys": "键“{0}”在第 {1} 行已经写过，同一处只能写一次。",
    "unquoted": '“{0}”不加引号会被误读成别的类型（{1}），请写成 "{0}"。',
    # Single values
    "empty": "这里没有写值。请补上，用不着就把整行删去。",
    "not_text": "这里应当是一个值，不能是列表或映射。",
    "not_a_list": "这里应当是列表，用“[…]”或以“- ”开头的行。",
    "not_a_mapping": "这里应当是“键: 值”的形式。",
    "not_a_number": '“{0}”不是规范的数，请写成 "12.5" 这样的十进制数，不带千分号、单位和多余的 0。',
    "not_a_flag": "“{0}”不是 true 或 false。只能写这两个词，不加引号。",
    "not_a_choice": "“{0}”不在可选的词里：{1}。",
    "not_an_id": "“{0}”不能作 id：用小写字母、数字和下划线，以字母开头。",
    "not_a_slug": "“{0}”不能作问卷 id：用小写字母和数字，词间用连字符。",
    "not_a_version": "“{0}”不是版本号，请写成 2026-1 这样的“年份-序号”。",
    "not_a_formula": "公式“{0}”看不懂。只能用名称、数、加减乘除和括号。",
    "unknown_key": "不认识的键“{0}”。这里可以写：{1}。",
    "missing_key": "缺少“{0}”。",
    "which_kind": "看不出这是哪一种。应当写且只写其中一种：{0}。",
    # Records
    "duplicate_id": "id“{0}”重复，{1} 已经用过。",
    "unknown_source": "来源“{0}”不在 sources/ 里。请先登记来源，或改正 id。",
    "more_than_read": "核实程度写的是 {0}，但来源“{1}”只读到 {2}。数值不能比来源读得更细。",
    "usual_not_a_range": "通常范围的下限 {0} 应小于上限 {1}。",
    "usual_above_most": "最大可能值 {0} 小于通常范围的上限 {1}。",
    "low_above_high": "low {0} 大于 high {1}。",
    "not_percent": "百分比应在 0 与 100 之间，现在是 {0}–{1}。",
    "extent_missing": "措施“{0}”没有写 {1} 是什么意思。四种程度 full、partial、planned、none 都要写。",
    "nothing_said": "条目“{0}”缺少 {1}。计分条目要有问法、依据条款和佐证。",
    "too_few_options": "生产特征“{0}”至少要有两个选项。",
    "equal_grades": "指标“{0}”的这个 {1} 级轮不到：前面已有同一条件或不带条件的 {1} 级。有条件的写在前面。",
    "levels_out_of_order": "级别次序不对：{0} 级（{1}）应当不比 {2} 级（{3}）宽松。",
    "binding_without_level": "限定性指标“{0}”没有可用的级别（未核实的不算），无法作门槛。",
    "weight_in_shared": "共用条目“{0}”不在这里写权重，请写在各行业问卷引入处的 weights 里。",
    # Questionnaires
    "not_its_folder": "问卷 id“{0}”与所在目录“{1}”不一致。",
    "not_its_name": "版本“{0}”与文件名“{1}”不一致。",
    "unknown_include": "没有共用文件“{0}”。",
    "nothing_included": "从“{0}”没有引入任何条目，请写 items 或 weights，或删去这一处。",
    "cannot_weigh": "“{0}”不是 {1} 里的定量指标或措施，不能给权重。",
    "listed_counted": "“{0}”是计分条目，请写进 weights，不写进 items。",
    "not_in_include": "“{0}”不在 {1} 里。",
    "weight_without_level": "指标“{0}”没有可用的级别（未核实的不算），不能有权重 {1}。",
    "negative_weight": "条目“{0}”的权重 {1} 是负数。",
    "sum_not_100": "“{0}”的权重合计是 {1}，应当是 100。",
    "rulebooks_wrong": "规则应有一个 points、至多一个 grades，现在是 {0} 个和 {1} 个。",
    "words_missing": "{0} 里缺少：{1}。",
    "factors_wrong": "{0} 的系数应在 0 与 1 之间，并且好的不低于差的。",
    "member_not_indicator": "“{0}”不是本问卷的定量指标。",
    "member_without_level": "指标“{0}”没有可用的级别，不能作等级的成员。",
    "item_or_formula": "评价指标“{0}”应写 item 或 formula，且只写其中一个。",
    "unknown_requirement": "“{0}”不是本问卷的基本要求。",
    "unknown_practice": "“{0}”不是本问卷的措施。",
    "other_unit": "单位“{0}”与指标“{1}”的单位“{2}”不同。",
    "unknown_trait": "条件里的“{0}”不是问卷 {1} 的生产特征。",
    "no_option": "条件“{0}”后面没有写选项。",
    "unknown_option": "“{0}”不是生产特征“{1}”在问卷 {2} 里的选项。",
    "unknown_activity": "“{0}”不是问卷里的活动数据。",
    "unknown_name": "公式或修正里的“{0}”不是本问卷的活动数据、中间量（写在前面的）或系数。",
    "divides_by_zero": "公式“{0}”恒为除以零。",
    "units_do_not_add": "公式“{0}”里相加减的单位不一致（{1}）。",
    "wrong_dimension": "公式的结果量纲是 {1}，与单位“{0}”不符。",
    # Units, carriers, cards
    "unknown_unit": "不认识的单位“{0}”。可用单位见 README 末尾。",
    "unknown_factor": "没有系数“{0}”。",
    "wrong_product": "单位对不上：{0} 应当得到 {1}。",
    "not_money": "运行费用的单位“{0}”不是钱（如 万元/a、元/t）。",
    "unknown_quantity": "“{0}”在用到这张卡片的问卷里都不是活动数据或中间量。",
    "unknown_carrier": "没有能源或物料“{0}”。请先写进 carriers.yaml，或改正 id。",
    "card_without_source": "技术卡片“{0}”没有写依据（sources）。",
    "closes_nothing": "技术卡片“{0}”没有写能补上哪些条目（closes）。",
    "unknown_item": "“{0}”不是任何问卷的计分条目。",
    "unknown_indicator": "“{0}”在用到这张卡片的问卷里都不是定量指标。",
    "trait_nowhere": "条件里的“{0}”在这张卡片能用的问卷里都不是生产特征。",
    "option_nowhere": "“{0}”在这张卡片能用的问卷里都不是生产特征“{1}”的选项。",
    "without_technology": "条目“{0}”没有能用的技术卡片。请写卡片，或在条目里写 no_technology: 规划与标准未列技术",
    "has_technology": "条目“{0}”已有技术卡片，请删去 no_technology。",
    # Plan and publication
    "not_covered": "问卷 {0} 没有单独的条目引用{1}“{2}”。请加条目，clauses 写 source: {3}、place: {1}、term: {2}",
    "unknown_sector": "规划条款表里的行业“{0}”没有问卷。",
    "not_a_year": '“{0}”不是年份，请写成 "2025"。',
    "not_a_day": '“{0}”不是日期，请写成 "2026-04-01"。',
    "not_renamed": "renamed 里的“{0}”应当是上一版本有、本版本没有的条目。",
    "not_in_questionnaire": "renamed 里的“{0}”不是本问卷的条目。",
    "renamed_onto": "renamed 把“{0}”指到“{1}”，但上一版本已有“{1}”，它有自己的填报值。请换一个没有用过的 id。",
    "published_twice": "{0} {1} 在发布记录里出现两次。",
    "published_gone": "已发布的 {0} {1} 找不到了。发布过的版本不能删除。",
    "published_changed": "{0} {1} 发布后被改动（{2} 或它引入的文件、系数）。请还原，把改动写成新版本。",
    # Frames of an application
    "unknown_group": "“{0}”不是框架 {1} 的一级指标（groups）。",
    "placed_twice": "“{0}”在框架 {1} 里归了两次，只留一处。",
    "placed_nowhere": "“{0}”不是任何问卷的一节或条目。",
    "not_placed": "框架 {0} 没有给问卷 {1} 的条目“{2}”安排位置。请写进某个一级指标的 sections 或 items，或写进 left_out。",
    "other_axis": "“{0}”归在“{1}”，但它是评价规则里“{2}”的指标，请归到同名的一级指标。",
}


def sentence(problem: Problem) -> str:
    """The problem as one line: ``file:line: what is wrong and what to do``."""
    return f"{problem.place}: {SENTENCES[problem.code].format(*problem.details)}"


# The words of the tables that `python -m portal.catalog` prints.
USAGE = "检查问卷数据目录：列出所有问题（文件:行号），没有问题时打印各行业的条目、核实程度和条款覆盖表。"
FOLDER_HELP = "数据目录，例如 questionnaires/"
PUBLISH_HELP = "没有问题时，把还没发布的版本的校验和写进 published.yaml；发布后不再改动"
REPUBLISH_HELP = "连已发布而被改动的版本也重写校验和（只用于尚未有企业填报的时候）"
SCHEMA_HELP = "只重写 schema/ 里给编辑器用的 JSON Schema"
DIFF_HELP = "比较两个版本：问卷 旧版本 新版本（如 cement 2026-1 2027-1），或两个文件；用中文列出改动和上年填报值的沿用"
FOUND = "发现 {0} 个问题。"
NOTHING_FOUND = "没有问题：{0} 份问卷，{1} 张技术卡片，{2} 个来源。"
PUBLISHED = "已发布：{0}"
NOTHING_TO_PUBLISH = "没有新的版本要发布。"
SCHEMA_WRITTEN = "已写入 {0}"
SECTOR_TABLE = "各行业"
SECTOR_HEAD = (
    "问卷", "版本", "计分条目", "定量指标", "措施", "要求", "活动数据", "技术卡片",
    "级别", "原文核对", "二手转述", "待核实", "引用条款", "规划措施", "状态",
)  # fmt: skip
IS_PUBLISHED, IS_DRAFT = "已发布", "未发布"
PLAN_TABLE = "规划条款 × 条目"
PLAN_HEAD = ("条款", "规划短语", "问卷", "条目")
NOT_COVERED = "（无）"
