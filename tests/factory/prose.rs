//! Texts of made-up reports: sentences put together anew for each, with figures that agree with the tables.

use std::fmt::Write as _;

use super::{Dice, Figures};

/// Kinds of agencies.
pub(super) const OFFICES: [&str; 16] = [
    "人力资源和社会保障局",
    "自然资源局",
    "教育体育局",
    "卫生健康委员会",
    "市场监督管理局",
    "农业农村局",
    "交通运输局",
    "民政局",
    "住房和城乡建设局",
    "生态环境局",
    "文化和旅游局",
    "应急管理局",
    "财政局",
    "水利局",
    "审计局",
    "统计局",
];

const FIRST: [&str; 24] = [
    "临", "安", "清", "永", "平", "长", "新", "泰", "东", "南", "西", "北", "广", "福", "定", "和",
    "宁", "兴", "昌", "丰", "丹", "青", "金", "文",
];
const SECOND: [&str; 18] = [
    "川", "阳", "河", "源", "山", "州", "江", "城", "海", "溪", "原", "陵", "水", "林", "湖", "岭",
    "浦", "桥",
];

/// The county that a report comes from; sixteen agencies to each.
pub(super) fn place(seed: u64) -> String {
    let county = seed / OFFICES.len() as u64;
    let first = FIRST[(county % FIRST.len() as u64) as usize];
    let second = SECOND[(county / FIRST.len() as u64 % SECOND.len() as u64) as usize];
    let round = county / (FIRST.len() * SECOND.len()) as u64;
    let kind = ["县", "区", "市"][(round % 3) as usize];
    let beyond = round / 3;
    if beyond == 0 {
        format!("{first}{second}{kind}")
    } else {
        format!("{first}{second}{kind}第{beyond}开发区")
    }
}

const AIMS: [&str; 6] = [
    "围绕全年重点任务，把公开要求嵌入办文办会办事的各个环节",
    "坚持以群众需求为导向，着力提高公开的及时性和可读性",
    "从健全制度入手，理顺公开审查、发布、更新、归档的流程",
    "把政策公开、服务公开、结果公开作为改进作风的抓手",
    "紧盯群众办事的堵点，推动公开内容向基层延伸",
    "对照年度工作要点逐项细化措施，明确时限和责任人",
];
const FIELDS: [&str; 10] = [
    "财政预决算",
    "行政许可",
    "行政处罚",
    "重大项目",
    "公共服务事项",
    "惠民政策",
    "应急预案",
    "招标采购",
    "人事任免",
    "监督检查结果",
];
const ACTIONS: [&str; 10] = [
    "修订了信息发布审核办法，涉及个人隐私的内容须经两级复核后发布",
    "建立了公开事项台账，每季度核对一次，遗漏的当月补发",
    "在办事大厅设置查阅点，配备查询终端和纸质目录，由专人引导",
    "对历年文件作了集中清理，标注有效、修改和废止状态",
    "把公开属性列为公文流转的必填项，不公开的须附理由",
    "开展了两期业务培训，覆盖全部科室和下属单位的经办人员",
    "邀请企业代表和居民代表座谈，收集对公开内容的意见",
    "改版了政策解读栏目，以问答、图表、短片等方式说明办理条件",
    "与档案馆建立移交机制，按期移送可公开的文件",
    "对栏目更新情况逐月通报，长期不更新的予以合并或下线",
];
const LACKS: [&str; 6] = [
    "部分科室对公开时限把握不严，个别信息发布偏晚",
    "政策解读仍以文字为主，形式不够丰富",
    "基层单位经办人员变动较多，业务不够熟练",
    "历史文件的数字化进度偏慢，查询不够方便",
    "公众参与的渠道宣传不够，收到的意见建议不多",
    "个别栏目划分过细，群众查找不便",
];
const PLANS: [&str; 6] = [
    "把时限要求纳入科室考核，逾期的逐件说明原因",
    "与融媒体中心合作制作解读产品，重要政策发布后及时配发解读",
    "编印工作手册和案例，新到岗人员先培训再经办",
    "分批完成历史文件数字化，并提供全文检索",
    "在服务窗口和社区张贴二维码，方便群众提出意见",
    "按群众办事的习惯重新归并栏目，减少查找层级",
];
const NUMERALS: [&str; 6] = ["一是", "二是", "三是", "四是", "五是", "六是"];

/// Writes everything before the tables.
pub(super) fn write(
    toml: &mut String,
    dice: &mut Dice,
    agency: &str,
    year: i32,
    figures: &Figures,
) {
    let _ = write!(
        toml,
        "# {agency} {year} 年度\n[report]\nagency = \"{agency}\"\nyear = {year}\nkind = \"department\"\nscope = \"own\"\ndate = {}-01-{:02}\n",
        year + 1,
        dice.range(8, 29)
    );
    let _ = write!(
        toml,
        "preface = \"\"\"\n本报告按照《中华人民共和国政府信息公开条例》第五十条的规定编制，包括总体情况等六个部分。所列数据的统计期限为{year}年1月1日至{year}年12月31日。\n\"\"\"\n\n"
    );
    toml.push_str("[problems]\n");
    field(toml, "problems", &listed(dice, &LACKS, 3));
    field(toml, "improvements", &listed(dice, &PLANS, 3));
    let fees = "本年度没有收取信息处理费，未发出收费通知。";
    let _ = write!(
        toml,
        "\n[other_matters]\ntext = \"\"\"\n{fees}除此之外没有其他需要报告的事项。\n\"\"\"\n",
    );
    toml.push_str("information_fees = { notices = 0, charged = 0, collected = 0 }\n\n[overview]\n");
    field(toml, "text", &format!("{year}年，我单位{}；{}。", dice.pick(&AIMS), dice.pick(&AIMS)));
    field(toml, "proactive_disclosure", &proactive(dice));
    field(toml, "requests", &requests(figures));
    let mut said = String::new();
    for (key, count) in [("management", 4), ("platform", 4), ("supervision", 3)] {
        let mut text = listed(dice, &ACTIONS, count);
        // A paragraph twice is a mistake that no faultless report makes.
        while text.lines().any(|line| said.lines().any(|other| other == line)) {
            text = listed(dice, &ACTIONS, count);
        }
        field(toml, key, &text);
        said += &format!("{text}\n");
    }
}

fn field(toml: &mut String, key: &str, text: &str) {
    let _ = write!(toml, "{key} = \"\"\"\n{text}\n\"\"\"\n");
}

fn listed(dice: &mut Dice, sentences: &[&str], count: usize) -> String {
    let mut chosen: Vec<&str> = dice.some(sentences, count).into_iter().copied().collect();
    let turn = dice.below(chosen.len() as u64) as usize;
    chosen.rotate_left(turn);
    let lines: Vec<String> = NUMERALS
        .iter()
        .zip(&chosen)
        .map(|(numeral, sentence)| format!("{numeral}{sentence}。{}", detail(dice)))
        .collect();
    lines.join("\n")
}

/// A closing sentence without figures that a table could contradict.
fn detail(dice: &mut Dice) -> String {
    let fields = dice.some(&FIELDS, 3);
    let fields: Vec<&str> = fields.into_iter().copied().collect();
    let ends = [
        "做到底数清楚、责任到人",
        "由分管负责人按月督促",
        "结果在单位内部通报",
        "并把经验在系统内推广",
    ];
    format!("其中涉及{}的内容先行落实，{}。", fields.join("、"), dice.pick(&ends))
}

/// Proactive disclosure in parts that add up.
fn proactive(dice: &mut Dice) -> String {
    let (site, media, screens) = (dice.range(80, 900), dice.range(30, 500), dice.range(5, 60));
    let total = site + media + screens;
    let fields: Vec<&str> = dice.some(&FIELDS, 4).into_iter().copied().collect();
    format!(
        "全年主动公开各类信息{total}条，其中：门户网站{site}条，政务新媒体{media}条，公示屏{screens}条。\n内容以{}为主。{}。{}",
        fields.join("、"),
        dice.pick(&ACTIONS),
        detail(dice)
    )
}

fn requests(figures: &Figures) -> String {
    let (new, old) = (figures.received(), figures.carried_over());
    let (finished, left) = (figures.finished(), figures.carried_forward());
    if new + old == 0 {
        return "本年度未收到政府信息公开申请。".to_owned();
    }
    let carried = if old > 0 { format!("，上年结转{old}件") } else { String::new() };
    let rest =
        if left > 0 { format!("，结转下年度继续办理{left}件") } else { String::new() };
    format!(
        "本年新收政府信息公开申请{new}件{carried}；办结{finished}件{rest}。予以公开的有{}件。",
        figures.granted()
    )
}
