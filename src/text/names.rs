//! Names of agencies in a text, compared with the report's own agency by alignment.
//!
//! In: the plain view of a field and the agency's full name. Out: names that stand where the own name belongs and are
//! not it, and misspelt own names anywhere. There is no list of agencies and none of places: a name is a run of
//! Chinese characters with one of a few endings. What a run holds before the name (现将, 由) is cut off only after the
//! alignment, since such characters stand inside names too (和, 自, 公开).

use std::ops::Range;

use super::data::AgencyData;
use super::pattern::PatternError;

/// The longest run of characters that is looked at before an ending: own names have up to some thirty.
const RUN: usize = 48;

/// How a name that is not the agency's differs from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// One character is lost, added or changed.
    Misspelt,
    /// The same kind of agency of another place.
    Elsewhere,
    /// Another kind of agency.
    Other,
}

/// Where a name stands, by what that says about whose name belongs there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Post {
    /// Before the report's title.
    Title,
    /// 由…编制.
    Author,
    /// 请与…联系, the subject of a clause, …信息公开工作.
    Own,
    /// Anywhere else.
    Free,
}

/// The rule, ready for use.
#[derive(Debug)]
pub(crate) struct Names {
    /// Its data.
    pub(crate) data: AgencyData,
}

impl Names {
    /// Takes the rule.
    ///
    /// # Errors
    /// A list of words is empty.
    pub(crate) fn new(data: AgencyData) -> Result<Self, PatternError> {
        let lists = [&data.endings, &data.leads, &data.verbs];
        if lists.iter().any(|list| list.is_empty()) {
            return Err(PatternError("an empty list of words".to_owned()));
        }
        Ok(Self { data })
    }

    /// Whether a run of characters ends as offices' names do.
    pub(crate) fn ends_like_an_office(run: &str) -> bool {
        ["局", "委", "委员会", "厅", "街道", "镇", "乡", "中心", "院", "办", "处", "科", "所", "校"]
            .iter()
            .any(|ending| run.ends_with(ending))
            && run.chars().count() > 1
    }

    /// Whether the end of a run is the agency, in short or as 我局.
    pub(crate) fn is_own_office(run: &str, agency: &str) -> bool {
        let run: Vec<char> = run.chars().collect();
        let agency: Vec<char> = agency.chars().collect();
        let last = run.len().saturating_sub(2);
        run.get(last).is_some_and(|c| matches!(c, '我' | '本' | '该' | '各'))
            || short_form(&run, &agency) >= 2
    }

    /// Finds names that are not the agency's, as ranges of the plain view with the fault.
    pub(crate) fn of(&self, plain: &str, agency: &str) -> Vec<(Range<usize>, Fault)> {
        let whole: String = agency.chars().filter(|c| !c.is_whitespace()).collect();
        // Of 某区人民政府办公室 the name is 某区人民政府; the office may be left out.
        let office = self.data.offices.iter().find(|office| {
            whole.strip_suffix(office.as_str()).is_some_and(|core| core.chars().count() > 3)
        });
        let core = office.map_or(whole.as_str(), |office| &whole[..whole.len() - office.len()]);
        let own: Vec<char> = core.chars().collect();
        let agency = core;
        let mut wrong: Vec<(Range<usize>, Fault)> = Vec::new();
        if own.len() < 3 {
            return wrong;
        }
        let ending = self.data.endings.iter().find(|ending| agency.ends_with(ending.as_str()));
        for (end, found) in self.ends(plain) {
            let run = run_before(plain, end);
            let name = Candidate { names: self, plain, own: &own, run, end, ending: found };
            let Some((length, fault)) = name.judge(ending.map_or("", String::as_str)) else {
                continue;
            };
            let bytes: usize =
                name.run[name.run.len() - length..].iter().map(|c| c.len_utf8()).sum();
            let range = end - bytes..end;
            if wrong.last().is_none_or(|(known, _)| known.end <= range.start) {
                wrong.push((range, fault));
            }
        }
        wrong
    }

    /// Places where a name may end, with the ending.
    fn ends(&self, plain: &str) -> Vec<(usize, &str)> {
        let mut ends: Vec<(usize, &str)> = Vec::new();
        for (at, char) in plain.char_indices() {
            let found = self.data.endings.iter().filter(|e| e.starts_with(char));
            let found = found.filter(|ending| plain[at..].starts_with(ending.as_str()));
            let longest = found.max_by_key(|ending| ending.len());
            ends.extend(longest.map(|ending| (at + ending.len(), ending.as_str())));
        }
        ends.sort_unstable();
        ends.dedup_by_key(|(end, _)| *end);
        ends
    }
}

/// The characters of a run of Chinese up to a place.
fn run_before(plain: &str, end: usize) -> Vec<char> {
    let mut run: Vec<char> =
        plain[..end].chars().rev().take_while(|c| is_han(*c)).take(RUN).collect();
    run.reverse();
    run
}

fn is_han(char: char) -> bool {
    matches!(char, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '〇')
}

/// How many characters at the end of a run stand in the own name in order.
fn short_form(run: &[char], own: &[char]) -> usize {
    let mut left = own.len();
    run.iter()
        .rev()
        .take_while(|char| {
            let found = own[..left].iter().rposition(|c| c == *char);
            left = found.unwrap_or(left);
            found.is_some()
        })
        .count()
}

struct Candidate<'a> {
    names: &'a Names,
    plain: &'a str,
    own: &'a [char],
    run: Vec<char>,
    end: usize,
    ending: &'a str,
}

impl Candidate<'_> {
    /// What is wrong with the name, and how many characters it takes.
    fn judge(&self, own_ending: &str) -> Option<(usize, Fault)> {
        let after = &self.plain[self.end..];
        let data = &self.names.data;
        if self.run.ends_with(self.own) || self.continues(after) {
            return None;
        }
        if let Some(found) = self.misspelt() {
            return Some((found, Fault::Misspelt));
        }
        let short = short_form(&self.run, self.own);
        let ending = self.ending.chars().count();
        if short > ending && self.is_whole(short) || short == self.run.len() {
            return None;
        }
        let post = self.post(after);
        if post == Post::Free
            || data.silent_after.iter().any(|word| after.starts_with(word.as_str()))
        {
            return None;
        }
        if self.is_one_off() {
            return Some((self.own.len(), Fault::Misspelt));
        }
        let common =
            self.run.iter().rev().zip(self.own.iter().rev()).take_while(|(a, b)| a == b).count();
        if common > ending || common == ending && self.is_general() {
            let before = &self.run[..self.run.len() - common];
            if let Some(places) = self.places(before, &self.run[self.run.len() - common..]) {
                return Some((common + places, Fault::Elsewhere));
            }
        }
        let title = post == Post::Title;
        let author = post == Post::Author && self.ending == own_ending && !self.is_general();
        (title || author).then(|| (self.after_lead(), Fault::Other)).filter(|(length, _)| {
            // A bare 局 or 办公室 names nobody.
            *length > ending + 1 && !self.named_generally(*length)
        })
    }

    /// Every agency may call itself so, or the name goes on behind the ending.
    fn continues(&self, after: &str) -> bool {
        let data = &self.names.data;
        let goes_on = after.chars().next().is_some_and(|c| "长属机系党内直域限部面级".contains(c));
        goes_on
            || data.own.iter().any(|own| {
                let own: Vec<char> = own.chars().collect();
                self.run.ends_with(&own)
            })
    }

    /// 人民政府 has no other kind beside the place.
    fn is_general(&self) -> bool {
        ["人民政府", "街道办事处", "管理委员会", "管委会"].contains(&self.ending)
    }

    fn named_generally(&self, length: usize) -> bool {
        let name: String = self.run[self.run.len() - length..].iter().collect();
        self.names.data.general.iter().any(|word| name.contains(word.as_str()))
    }

    /// One character lost, added or changed in a name that begins like the own one.
    fn misspelt(&self) -> Option<usize> {
        let own = self.own;
        if own.len() < 6 {
            return None;
        }
        for length in [own.len() - 1, own.len() + 1] {
            let Some(start) = self.run.len().checked_sub(length) else { continue };
            let name = &self.run[start..];
            if name.get(..2) != own.get(..2) {
                continue;
            }
            let (shorter, longer) = if length < own.len() { (name, own) } else { (own, name) };
            let same = shorter.iter().zip(longer).take_while(|(a, b)| a == b).count();
            if shorter[same..] != longer[same + 1..] {
                continue;
            }
            let odd = longer[same];
            let doubled = same > 0 && longer[same - 1] == odd || longer.get(same + 1) == Some(&odd);
            let harmless =
                self.names.data.harmless.contains(&odd) && !(length > own.len() && doubled);
            return (!harmless).then_some(length);
        }
        None
    }

    /// One character changed: where the own name belongs, a slip or another agency.
    fn is_one_off(&self) -> bool {
        let Some(start) = self.run.len().checked_sub(self.own.len()) else { return false };
        let name = &self.run[start..];
        self.own.len() > 5
            && name[0] == self.own[0]
            && name.iter().zip(self.own).filter(|(a, b)| a != b).count() == 1
    }

    /// Whether a short form is all of the name: the run ends there, or a word stands before it that is no part of names.
    fn is_whole(&self, short: usize) -> bool {
        let before = &self.run[..self.run.len() - short];
        before.is_empty() || self.lead_before(before)
    }

    fn lead_before(&self, before: &[char]) -> bool {
        self.names.data.leads.iter().any(|lead| {
            let lead: Vec<char> = lead.chars().collect();
            before.ends_with(&lead)
        })
    }

    /// The characters of places before the common end: …省…市…区, back to a lead word or the run's start.
    fn places(&self, before: &[char], common: &[char]) -> Option<usize> {
        let mut length = before.len();
        for cut in 0..before.len() {
            if cut > 0 && self.lead_before(&before[..cut]) {
                length = before.len() - cut;
            }
        }
        let place: String = before[before.len() - length..].iter().collect();
        let endings =
            ["省", "自治区", "市", "县", "区", "州", "旗", "盟", "镇", "乡", "街道", "开发区"];
        // The common end may begin within the place: 东塔|区教育局, 云|川省自然资源厅, 云川|经济开发区管委会.
        let mut whole = place;
        let mut reads = endings.iter().any(|ending| whole.ends_with(ending));
        for char in common.iter().take(5.min(common.len().saturating_sub(1))) {
            if reads {
                break;
            }
            whole.push(*char);
            reads = endings.iter().any(|ending| whole.ends_with(ending));
        }
        let chars = whole.chars().count();
        (reads
            && length > 0
            && (2..=18).contains(&chars)
            && !self.is_own_place(&before[before.len() - length..]))
        .then_some(length)
    }

    /// Whether all characters of a place stand in the own name in order: 柳湖区 of 江原市柳湖区.
    fn is_own_place(&self, place: &[char]) -> bool {
        let mut rest = self.own.iter();
        place.iter().all(|char| rest.any(|c| c == char))
            || ["全", "各", "本", "我", "该", "两", "市", "县", "区", "省"].iter().any(|word| {
                place.len() <= 2 && place.starts_with(&word.chars().collect::<Vec<_>>())
            })
    }

    /// The length of the name behind the last lead word.
    fn after_lead(&self) -> usize {
        let ending = self.ending.chars().count();
        let last = (0..self.run.len().saturating_sub(ending))
            .rev()
            .find(|&cut| cut > 0 && self.lead_before(&self.run[..cut]))
            .unwrap_or(0);
        // From where the own name seems to begin, with the places that stand before it (某市|某区人社局).
        let begins = self.run.windows(2).rposition(|pair| pair == &self.own[..2]);
        if let Some(begins) = begins.filter(|&at| at + ending < self.run.len()) {
            let is_place = |char: &char| "省市区县州盟旗".contains(*char);
            let has_place = begins > last && self.run[..begins].last().is_some_and(is_place);
            return self.run.len() - if has_place { last } else { begins };
        }
        self.run.len() - last
    }

    /// Whose name belongs here.
    fn post(&self, after: &str) -> Post {
        let data = &self.names.data;
        let run: String = self.run.iter().collect();
        let start = self.end - run.len();
        let before = &self.plain[..start];
        let office = data.offices.iter().find(|office| after.starts_with(office.as_str()));
        let after = office.map_or(after, |office| &after[office.len()..]);
        let dated = run.starts_with('年') && is_report(after);
        if is_title(after) || dated {
            return if data.quoting.iter().any(|word| run.starts_with(word.as_str())) {
                Post::Free
            } else {
                Post::Title
            };
        }
        let edits = ["编制", "编写", "撰写", "起草", "负责编制", "组织编制"];
        let made = edits.iter().any(|word| after.starts_with(word));
        if made && (run.contains('由') || own_report(after)) {
            return Post::Author;
        }
        let contact = ["请与", "请联系", "可与", "联系单位", "请向", "联系"];
        let name = &run[..run.len() - self.ending.len()];
        if contact.iter().any(|word| name.contains(word)) || before.ends_with("联系单位：") {
            return Post::Own;
        }
        let quotes = data.quoting.iter().any(|word| run.starts_with(word.as_str()));
        let starts = before.is_empty()
            || before.ends_with(['。', '；', '\n', '，', '：', '！', '）', '年', '度']);
        let acts = data.verbs.iter().any(|verb| after.starts_with(verb.as_str()));
        if starts && acts && !quotes {
            return Post::Own;
        }
        if after.starts_with("（以下简称") || speaks_of_work(after) && !quotes {
            return Post::Own;
        }
        let site =
            ["网站", "门户网站", "官网", "官方网站"].iter().any(|word| after.starts_with(word));
        // A county's report may stand on the city's website.
        let level = |name: &[char]| {
            name.len().checked_sub(self.ending.chars().count() + 1).map(|at| name[at])
        };
        let same_level = level(&self.run) == level(self.own)
            && self.own.ends_with(&self.ending.chars().collect::<Vec<_>>());
        if site && (!self.is_general() || same_level) { Post::Own } else { Post::Free }
    }
}

/// 2023年政府信息公开工作年度报告.
fn is_title(after: &str) -> bool {
    let after = after.trim_start_matches(['《', '“', '的']);
    let digits =
        after.chars().take_while(|c| c.is_ascii_digit() || "〇零○一二三四五六七八九".contains(*c));
    let length: usize = digits.map(char::len_utf8).sum();
    let Some(rest) = after[length..].strip_prefix('年').filter(|_| length > 0) else {
        return false;
    };
    is_report(rest)
}

/// 2023年度政府信息公开工作, 政务公开工作.
fn speaks_of_work(after: &str) -> bool {
    let year = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    let rest = if year == 4 { after[4..].strip_prefix('年').unwrap_or(after) } else { after };
    let rest = rest.trim_start_matches(['度', '的']);
    let rest = rest.strip_prefix("政府").unwrap_or(rest);
    rest.starts_with("信息公开工作") || rest.starts_with("政务公开工作")
}

/// 政府信息公开工作年度报告.
fn is_report(after: &str) -> bool {
    let rest = after.trim_start_matches(['度', '的']);
    let rest = rest.strip_prefix("政府").unwrap_or(rest);
    let Some(rest) = rest.strip_prefix("信息公开") else { return false };
    let rest = rest.strip_prefix("工作").unwrap_or(rest);
    ["年度报告", "报告", "年报"].iter().any(|word| rest.starts_with(word))
}

/// 编制本报告, 编制2023年度报告.
fn own_report(after: &str) -> bool {
    let clause = after.split(['，', '。', '；', '\n']).next().unwrap_or(after);
    ["本报告", "本年度报告", "本年报", "此报告", "年度报告"]
        .iter()
        .any(|word| clause.contains(word))
}
