"""企业绿色工厂自评价门户: the enterprise green-factory self-assessment portal.

Five floors; each uses only the floors below it, and the rooms on the second floor do not know each other::

    app.py  (web door)                  cli.py  (command door)        5  ties the floors together
    ─────────────────────────────────────────────────────────
    web/        pages, forms, access                                  4  Flask and WTForms live here only
    ─────────────────────────────────────────────────────────
    actions/    what a person can do; one transaction each            3  no Flask
    ─────────────────────────────────────────────────────────
    catalog/          storage/             report/          solver    2  YAML │ SQLAlchemy │ Jinja + WeasyPrint │ HiGHS
    data files → core   rows ↔ core         core → PDF       0/1 programs
    ─────────────────────────────────────────────────────────
    words.py    the Chinese words of pages and print, told in core's terms
    ─────────────────────────────────────────────────────────
    core/       the trade itself: standard library only               1

Word list, English = Chinese:

questionnaire 问卷 · section 一级指标 · item 指标项 (indicator 定量指标 | practice 定性措施 | requirement 基本要求/否决项 |
activity 活动数据 | trait 生产特征) · answer 填报值 · level 级别 · binding 限定性 · assessment 自评价 · receipt 得分凭据 ·
gap 差距 · technology 技术 · recommendation 建议 · enterprise 企业 · evidence 佐证 · review 审核 · remark 意见 ·
campaign 年度自评批次 · mandate 委托授权 · firm 咨询机构 · client 客户 · batch 批量打印 · rung 档次 · invitee 名单企业 · letter 信件 · staff 工作人员 · trail 审计日志 · submission 提交 · slip 提交回执 · decision 决定 · ruling 异议答复 · scenario 方案 · measure 整改措施 (a line of the ledger 整改台账) · finding 体检发现 · axes 绿色工厂一级指标 · package 申报包 · frame 申报框架 · exhibit 附件 · volume 证明材料合订本 · gate 门槛 · points 得分 · grade 清洁生产等级 · column 栏目 (clean 清洁生产 | circular 循环型生产).

The plant is `enterprise`, the app comes from `create_app`, test data from `make_…`; `manager` is a role.
"""
