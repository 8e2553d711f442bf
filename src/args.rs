//! What may be typed: commands, options and their Chinese help. Says nothing about what they do.

mod errors;
mod help;
mod localize;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use nianbao::batch::{NamePattern, Shard};
use nianbao::emit::MessageFormat;
use nianbao::export::{Kind, Standards};

pub(crate) use localize::command;

/// Reads the command line.
///
/// # Errors
/// The text to print, and whether it is help that was asked for or a mistake.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli, Refusal> {
    use clap::FromArgMatches;
    let matches = command().try_get_matches_from(words).map_err(errors::refusal)?;
    // clap's own help command cannot be put into Chinese.
    if let Some(("help", help)) = matches.subcommand() {
        let name = help.get_one::<String>("command").map(String::as_str);
        return Err(localize::help(name).map_or_else(Refusal::Mistake, Refusal::Asked));
    }
    Cli::from_arg_matches(&matches).map_err(errors::refusal)
}

/// Why there is nothing to run.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Help or version, for standard output.
    Asked(String),
    /// A usage error, for standard error.
    Mistake(String),
}

/// 政府信息公开工作年度报告：核对数据，生成版式规范的 PDF
#[derive(Debug, Parser)]
#[command(name = "nianbao", version)]
#[command(after_help = "\
例：
  nianbao init --year 2025 --agency 某市某局 某局2025.toml   新建一份数据文件
  nianbao check 某局2025.toml                               核对，列出问题和改法
  nianbao build 某局2025.toml                               生成 某局2025.pdf

每个命令的用法：nianbao help 命令
退出码：0 完成；1 报告有错误；2 程序没能完成工作")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Shared {
    /// 格式文件夹：其中的格式优先于内置格式
    #[arg(long, value_name = "文件夹", global = true, help_heading = "公共选项")]
    pub(crate) templates: Option<PathBuf>,
    /// 自有字体文件夹：按字体名充任小标宋、仿宋、楷体、黑体、宋体
    #[arg(long, value_name = "文件夹", global = true, help_heading = "公共选项")]
    pub(crate) fonts: Option<PathBuf>,
    /// 上年的数据文件；不给时自动找同一文件夹里同一机关上年的文件
    #[arg(long, value_name = "文件", global = true, help_heading = "公共选项")]
    pub(crate) previous: Option<PathBuf>,
    /// 结果的形式：human 详细（默认）、short 一行一条、json、sarif、
    /// github
    #[arg(
        long,
        value_name = "形式",
        global = true,
        help_heading = "公共选项",
        default_value = "human"
    )]
    pub(crate) message_format: Form,
    /// 把提醒也当作错误（只有 warnings 一种）
    #[arg(long, value_name = "级别", global = true, help_heading = "公共选项")]
    pub(crate) deny: Option<Deny>,
    /// 颜色：auto 在终端上用（默认）、always 总用、never 不用
    #[arg(
        long,
        value_name = "何时",
        global = true,
        help_heading = "公共选项",
        default_value = "auto"
    )]
    pub(crate) color: When,
    /// 安静：不说做了什么，只报问题
    #[arg(short, long, global = true, help_heading = "公共选项")]
    pub(crate) quiet: bool,
}

/// [`MessageFormat`] as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Human,
    Short,
    Json,
    Sarif,
    Github,
}

impl From<Form> for MessageFormat {
    fn from(form: Form) -> Self {
        match form {
            Form::Human => MessageFormat::Human,
            Form::Short => MessageFormat::Short,
            Form::Json => MessageFormat::Json,
            Form::Sarif => MessageFormat::Sarif,
            Form::Github => MessageFormat::Github,
        }
    }
}

/// Levels that can be denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    Warnings,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Check(Check),
    Build(Build),
    Preview(Preview),
    Batch(Batch),
    Import(Import),
    Migrate(Migrate),
    Diff(Diff),
    Verify(Verify),
    Extract(Extract),
    Formats(Formats),
    Fonts(FontsArgs),
    Schema(Schema),
    Explain(Explain),
    Completions(Completions),
}

/// 新建一份带注释的数据文件，照着填写即可
///
/// 写出当年格式要求的全部项目，每一行都注明正式名称和写法；同时在旁边写出 schema 文件，
/// 供编辑器补全和提示。用 --previous 给出上年的文件时，填好机关、上年结转等数据。
/// 文件已经存在时不覆盖。
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// 要新建的数据文件，如 某局2025.toml
    #[arg(value_name = "文件")]
    pub(crate) file: PathBuf,
    /// 报告年度；不给时取上年文件的下一年，或去年
    #[arg(long, value_name = "年度")]
    pub(crate) year: Option<i32>,
    /// 机关全称
    #[arg(long, value_name = "名称")]
    pub(crate) agency: Option<String>,
    /// 格式；不给时按年度选
    #[arg(long, value_name = "格式")]
    pub(crate) format: Option<String>,
}

/// 核对数据文件，列出问题、位置和改法
///
/// 给文件夹时核对其中（含下级文件夹）的全部报告；不是报告的 TOML 文件跳过并说明。
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// 数据文件或文件夹，可给多个；- 表示标准输入
    #[arg(value_name = "文件或文件夹", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// 自动改正有把握的问题（断行、部首字、网页标记、重复标点等），写回原文件；
    /// 数字和其他内容一概不动
    #[arg(long)]
    pub(crate) fix: bool,
    /// 把 GBK/GB18030 编码的文件改写为 UTF-8，原文件另存为 .bak
    #[arg(long)]
    pub(crate) fix_encoding: bool,
    /// 不逐条列出，按规则统计处数
    #[arg(long)]
    pub(crate) statistics: bool,
    /// 检查结果写到这个文件，屏幕上只说结论
    #[arg(long, value_name = "文件")]
    pub(crate) output_file: Option<PathBuf>,
}

/// 核对并生成 PDF；有错误时不生成
#[derive(Debug, Args)]
pub(crate) struct Build {
    /// 数据文件，可给多个
    #[arg(value_name = "文件", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// 输出到哪个文件（只有一个输入且扩展名相符时）或文件夹；
    /// 不给时放在数据文件旁边
    #[arg(short, long, value_name = "文件或文件夹")]
    pub(crate) output: Option<PathBuf>,
    /// 生成什么，可用逗号分隔：pdf（默认）、docx（Word、WPS 文档）、
    /// html（网页）、html-fragment（粘贴到网站编辑器的网页内容）、
    /// xlsx 和 csv（数字）、png 和 svg（每页一个文件）、
    /// typ（可用 typst 命令编译的文件夹）
    #[arg(long, value_name = "种类", value_delimiter = ',', default_value = "pdf")]
    pub(crate) emit: Vec<Emit>,
    /// 草稿：有错误也生成，每页印“草稿”，标出有问题的格子
    #[arg(long)]
    pub(crate) draft: bool,
    /// PDF 标准，可用逗号分隔；默认 a-2a,ua-1
    #[arg(
        long,
        value_name = "标准",
        default_value = "a-2a,ua-1",
        default_value_if("attach_data", "true", "a-3a,ua-1")
    )]
    pub(crate) standard: Standards,
    /// 把数据文件（不含注释和豁免）附在 PDF 里存档；标准须是
    /// a-3a,ua-1 一类，不给 --standard 时就用它
    #[arg(long)]
    pub(crate) attach_data: bool,
    /// PNG 的分辨率（每英寸点数）
    #[arg(long, value_name = "点数", default_value = "144", value_parser = clap::value_parser!(u16).range(36..=1200))]
    pub(crate) ppi: u16,
}

/// What `build` can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Emit {
    Pdf,
    Docx,
    Html,
    HtmlFragment,
    Xlsx,
    Csv,
    Png,
    Svg,
    Typ,
}

impl Emit {
    /// The kinds that are not pages.
    pub(crate) fn edition(self) -> Option<Kind> {
        match self {
            Emit::Docx => Some(Kind::Docx),
            Emit::Html => Some(Kind::Html),
            Emit::HtmlFragment => Some(Kind::HtmlFragment),
            Emit::Xlsx => Some(Kind::Xlsx),
            Emit::Csv => Some(Kind::Csv),
            Emit::Pdf | Emit::Png | Emit::Svg | Emit::Typ => None,
        }
    }

    /// As it is typed.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// 在浏览器里实时预览，边改边看
#[derive(Debug, Args)]
pub(crate) struct Preview {
    /// 数据文件，或有多份报告的文件夹
    #[arg(value_name = "文件或文件夹")]
    pub(crate) path: PathBuf,
    /// 端口；不给时用第一个空闲的
    #[arg(long, value_name = "端口")]
    pub(crate) port: Option<u16>,
    /// 打开浏览器
    #[arg(long)]
    pub(crate) open: bool,
    /// 定时查看文件是否改动，用于网络盘
    #[arg(long)]
    pub(crate) poll: bool,
    /// 编辑器链接的样式，可用 {file} {line} {column}
    #[arg(long, value_name = "样式")]
    pub(crate) editor: Option<String>,
}

/// 重新生成一个文件夹里需要更新的全部报告
#[derive(Debug, Args)]
pub(crate) struct Batch {
    /// 放数据文件的文件夹，含下级文件夹
    #[arg(value_name = "文件夹", required_unless_present = "merge")]
    pub(crate) folder: Option<PathBuf>,
    /// 输出文件夹，其中保持原来的文件夹结构
    #[arg(short, long, value_name = "文件夹", required_unless_present = "merge")]
    pub(crate) output: Option<PathBuf>,
    /// 同时生成几份；不给时用全部处理器
    #[arg(short, long, value_name = "份数")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
    /// 不管有没有变化，全部重新生成
    #[arg(long)]
    pub(crate) force: bool,
    /// 只做第 I 份（共 N 份），如 1/3；也可由 Slurm、Kubernetes
    /// 的环境变量给出
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// 共几份：环境里只有序号时（Kubernetes）用它给出
    #[arg(long, value_name = "N", conflicts_with = "shard")]
    pub(crate) shards: Option<std::num::NonZeroUsize>,
    /// 输出文件名的样式，可用 {agency} {year} {name}；默认 {name}
    #[arg(long, value_name = "样式")]
    pub(crate) name: Option<NamePattern>,
    /// 只列出要生成哪些、为什么，不生成
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// 只重做上次没有成功的
    #[arg(long)]
    pub(crate) only_failed: bool,
    /// 有错误的也按草稿生成
    #[arg(long)]
    pub(crate) draft: bool,
    /// PDF 标准，可用逗号分隔；默认 a-2a,ua-1
    #[arg(
        long,
        value_name = "标准",
        default_value = "a-2a,ua-1",
        default_value_if("attach_data", "true", "a-3a,ua-1")
    )]
    pub(crate) standard: Standards,
    /// 除 PDF 外还生成什么，可用逗号分隔：docx、html、html-fragment、
    /// xlsx、csv
    #[arg(long, value_name = "种类", value_delimiter = ',', default_value = "pdf")]
    pub(crate) emit: Vec<Emit>,
    /// 把数据文件（不含注释和豁免）附在 PDF 里存档；标准须是
    /// a-3a,ua-1 一类，不给 --standard 时就用它
    #[arg(long)]
    pub(crate) attach_data: bool,
    /// 合并各份（--shard）的记录，不生成报告
    #[arg(long, value_name = "输出文件夹", conflicts_with_all = ["folder", "output", "shard", "dry_run", "only_failed", "force"])]
    pub(crate) merge: Option<PathBuf>,
}

/// 读入已有的报告（Word、Excel、网页、PDF），写成数据文件
///
/// 按栏目和标题认出每个数、每段文字，照原件写，不猜。没有找到的、看不准的，写在所在的行里并
/// 逐条列出；没有地方放的内容留在文件末尾的注释里。文件已经存在时不覆盖。
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// 报告文件（docx、xlsx、xls、ods、csv、html、pdf、txt），可给多个
    #[arg(value_name = "文件", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// 写到哪个数据文件（只有一个输入时）或文件夹；不给时放在原件旁边
    #[arg(short, long, value_name = "文件或文件夹")]
    pub(crate) output: Option<PathBuf>,
    /// 格式；不给时按表格的栏目认
    #[arg(long, value_name = "格式")]
    pub(crate) format: Option<String>,
    /// 不新建：逐处列出文件与这个数据文件的不同，接受的写进去
    #[arg(long, value_name = "数据文件", conflicts_with_all = ["output", "format"])]
    pub(crate) into: Option<PathBuf>,
    /// 与 --into 合用：all 接受全部改动，或用逗号分隔的路径
    #[arg(long, value_name = "all或路径", value_delimiter = ',', requires = "into")]
    pub(crate) accept: Vec<String>,
}

/// 把数据文件改写为另一种格式，保留注释和文字
///
/// 原文件不动。每个数都有交代：照搬的、相加的、留给人决定的；不为 0 的数不会丢。给文件夹时全部改写，
/// 另写出“改写账目”和“待办”两张表；中断以后再运行一次就接着做。
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// 数据文件或文件夹，可给多个
    #[arg(value_name = "文件或文件夹", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// 目标格式，如 2021
    #[arg(long, value_name = "格式")]
    pub(crate) to: String,
    /// 写到哪里；不给时在旁边新建“原名-格式.toml”。原文件不动
    #[arg(short, long, value_name = "文件或文件夹")]
    pub(crate) output: Option<PathBuf>,
    /// 覆盖已有的文件
    #[arg(long)]
    pub(crate) force: bool,
}

/// 比较两份数据：逐表列出不同的数，差额和百分比
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// 第一份数据文件
    #[arg(value_name = "文件甲")]
    pub(crate) first: PathBuf,
    /// 第二份；不给时须用 --to 把第一份与它在另一格式下的样子比较
    #[arg(value_name = "文件乙", required_unless_present = "to")]
    pub(crate) second: Option<PathBuf>,
    /// 与同一文件在另一格式下比较
    #[arg(long, value_name = "格式", conflicts_with = "second")]
    pub(crate) to: Option<String>,
    /// 另外生成对照表 PDF
    #[arg(short, long, value_name = "文件")]
    pub(crate) output: Option<PathBuf>,
    /// 把看上去不同的页并排存为图片，放在这个文件夹
    #[arg(long, value_name = "文件夹")]
    pub(crate) pages: Option<PathBuf>,
}

/// 核验成品（PDF、docx、HTML、xlsx、csv）：读回数字和文字，按规则和数据文件核对
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// 文件或文件夹，可给多个：PDF、docx、从网站另存的网页、xlsx、csv
    #[arg(value_name = "文件或文件夹", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// 与这个数据文件逐格核对，PDF 还重新排版比对画面；给文件夹时按文件名
    /// 找各份的数据文件
    #[arg(long, value_name = "文件或文件夹")]
    pub(crate) data: Option<PathBuf>,
    /// 要核验的是草稿
    #[arg(long)]
    pub(crate) draft: bool,
    /// 生成时用的标准（与 build 的 --standard 相同）；不给时按 PDF 自己声明的
    #[arg(long, value_name = "标准")]
    pub(crate) standard: Option<Standards>,
}

/// 取出 PDF 里附的数据文件（生成时用了 --attach-data 的才有）
#[derive(Debug, Args)]
pub(crate) struct Extract {
    /// PDF 文件
    #[arg(value_name = "PDF")]
    pub(crate) file: PathBuf,
    /// 写到哪个文件或文件夹；不给时放在 PDF 旁边。已有的文件不覆盖
    #[arg(short, long, value_name = "文件或文件夹")]
    pub(crate) output: Option<PathBuf>,
}

/// 列出内置和自有的格式；查看、导出、新建、核对、预演格式
///
/// 不带选项时列出各格式的年度、依据和来源。自有的格式用 --templates 指明文件夹。
#[derive(Debug, Args)]
pub(crate) struct Formats {
    /// 显示一个格式沿用合并以后的内容；可再给一个文件名，如 schema.toml
    #[arg(long, value_names = ["格式", "文件"], num_args = 1..=2)]
    pub(crate) show: Option<Vec<String>>,
    /// 把一个格式完整导出到文件夹，不再沿用别的格式
    #[arg(long, value_names = ["格式", "文件夹"], num_args = 2)]
    pub(crate) export: Option<Vec<String>>,
    /// 新建一个沿用 --from 的格式，写出骨架；已经建好的，补上 mapping.toml 的骨架
    #[arg(long, value_name = "格式", requires = "from", requires = "folder")]
    pub(crate) new: Option<String>,
    /// 与 --new 同用：沿用哪个格式
    #[arg(long, value_name = "格式", requires = "new")]
    pub(crate) from: Option<String>,
    /// 核对一个文件夹里的格式，一次列出全部错误
    #[arg(long, value_name = "文件夹")]
    pub(crate) check: Option<PathBuf>,
    /// 预演：把文件夹里的报告按两种格式各做一遍，列出数字、页面的不同和做不成的
    #[arg(long, value_names = ["格式甲", "格式乙", "文件夹"], num_args = 3)]
    pub(crate) compare: Option<Vec<String>>,
    /// 与 --compare 同用：结果放在哪个文件夹；不给时在报告文件夹旁边新建
    #[arg(short, long, value_name = "文件夹", requires = "compare")]
    pub(crate) output: Option<PathBuf>,
    /// 与 --new 同用：放格式的文件夹
    #[arg(value_name = "文件夹")]
    pub(crate) folder: Option<PathBuf>,
}

/// 列出每种字体由哪个文件充任；给数据文件时列出缺字
#[derive(Debug, Args)]
pub(crate) struct FontsArgs {
    /// 数据文件
    #[arg(value_name = "文件")]
    pub(crate) file: Option<PathBuf>,
}

/// 输出格式的 JSON Schema，供编辑器补全和提示
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// 格式，如 2021；nianbao formats 列出全部
    #[arg(value_name = "格式")]
    pub(crate) format: String,
    /// 写到文件；不给时输出到终端
    #[arg(short, long, value_name = "文件")]
    pub(crate) output: Option<PathBuf>,
}

/// 讲解一条规则：查什么、错例和改法、依据、如何豁免
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// 规则代码，如 T3-ROW-SUM；不给时列出全部
    #[arg(value_name = "代码", conflicts_with = "all")]
    pub(crate) code: Option<String>,
    /// 讲解全部规则
    #[arg(long)]
    pub(crate) all: bool,
    /// 输出 Markdown
    #[arg(long)]
    pub(crate) markdown: bool,
    /// 按哪种格式讲；不给时用最新的
    #[arg(long, value_name = "格式")]
    pub(crate) format: Option<String>,
}

/// 输出命令行补全脚本：bash、zsh、fish、powershell、elvish
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// 哪种命令行
    #[arg(value_name = "命令行")]
    pub(crate) shell: clap_complete::Shell,
}

/// The flags that clap would describe in English.
fn help_flag() -> clap::Arg {
    clap::Arg::new("help")
        .short('h')
        .long("help")
        .help("显示帮助")
        .action(ArgAction::Help)
        .help_heading("选项")
}
