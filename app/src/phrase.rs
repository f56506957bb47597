//! How screens say what the domain knows: a relation, a promise, a visit in one line. Milder than the
//! ledgers' terms, because a family may read along (ux 10); a code without words of its own falls
//! back to its term.

use crate::dates;
use crate::words::{find, say, say_with};
use chrono::NaiveDate;
use domain::confirmation::Told;
use domain::directory::teacher_label;
use domain::student::NoteLine;
use domain::visit::companion::Companion;
use domain::visit::form::Person;
use domain::visit::promise::{Said, said};
use domain::visit::{Call, Commitment, Visit};
use domain::vocabulary::{
    Cause, GuardianAttitude, Outcome, Party, Promise, Purpose, Relation, Side, StudentAttitude, VisitKind,
    Whereabouts,
};

/// The words of a code in a set, else the field's own term.
pub fn worded(set: &str, code: &str, term: &str) -> String {
    find(&format!("{set}.{code}")).unwrap_or(term).to_owned()
}

/// 爷爷奶奶, 父亲, 孩子
pub fn relation(relation: &Relation) -> String {
    worded("met", relation.code(), relation.term())
}

/// What the doorway calls a person.
pub fn person(person: &Person) -> String {
    if person.called.is_empty() { relation(&person.relation) } else { person.called.clone() }
}

/// 打工挣钱
pub fn cause(cause: &Cause) -> String {
    worded("cause", cause.code(), cause.term())
}

/// 在家
pub fn whereabouts(at: &Whereabouts) -> String {
    worded("whereabouts", at.code(), at.term())
}

/// 支持
pub fn attitude(attitude: &GuardianAttitude) -> String {
    worded("attitude", attitude.code(), attitude.term())
}

/// 愿意
pub fn will(will: &StudentAttitude) -> String {
    worded("will", will.code(), will.term())
}

/// 父亲 通了
pub fn call(call: &Call) -> String {
    format!("{} {}", relation(&call.relation), worded("call", call.result.code(), call.result.term()))
}

/// 维吾尔语 · 孩子翻译; empty where the visit does not say.
pub fn spoken(visit: &Visit) -> String {
    let language = visit.language.iter().map(|l| worded("language", l.code(), l.term()));
    let interpreter = visit.interpreter.iter().map(|who| {
        let who = worded("interpreter", who.code(), who.term());
        say_with("file.interpreted", &[("who", &who)])
    });
    language.chain(interpreter).collect::<Vec<_>>().join(" · ")
}

/// 没到校
pub fn purpose(purpose: &Purpose) -> String {
    worded("purpose", purpose.code(), purpose.term())
}

/// 敲门行动
pub fn kind(kind: &VisitKind) -> String {
    worded("kind", kind.code(), kind.term())
}

/// 敲门, as a title has room for.
pub fn short_kind(kind: &VisitKind) -> String {
    worded("kind_short", kind.code(), kind.term())
}

/// 家里没人
pub fn outcome(outcome: &Outcome) -> String {
    worded("outcome", outcome.code(), outcome.term())
}

/// 给孩子补补课
pub fn promise(what: &Promise) -> String {
    worded("promise", what.code(), what.term())
}

/// 古丽娜尔老师, 村支书 吐尔逊, 热娜（镇上）.
pub fn companion(companion: &Companion) -> String {
    if companion.side == Side::School {
        return teacher_label(&companion.name);
    }
    let given = companion.name.split('·').next().unwrap_or_default();
    match companion.title.as_str() {
        "" => companion.name.clone(),
        title => format!("{title} {given}"),
    }
}

/// Somebody's words inside a sentence of ours: their full stop would stand beside ours.
pub fn quoted(words: &str) -> &str {
    words.trim().trim_end_matches(['。', '.', '，', ','])
}

/// Parts of a list as Chinese lists them: 奶奶、孩子.
pub fn list(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(say("list.comma"))
}

/// 见到奶奶、孩子 · 家里没人 · 电话联系上父亲
pub fn who_was_met(visit: &Visit) -> String {
    if visit.met.is_empty() {
        return outcome(&visit.outcome);
    }
    let mut names: Vec<String> = Vec::new();
    for met in &visit.met {
        let name = met.called.clone().unwrap_or_else(|| relation(&met.relation));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    say_with("visit.met_line", &[("who", &list(names))])
}

/// 今天, 明天 11-23, 周二 11-24: a day that is promised.
pub fn day(on: NaiveDate, today: NaiveDate) -> String {
    match said(on, today) {
        Said::Today => say("day.today").to_owned(),
        Said::Tomorrow => format!("{} {}", say("day.tomorrow"), dates::month_day(on)),
        Said::OnThe(_) | Said::Date => format!("{} {}", dates::weekday(on), dates::month_day(on)),
    }
}

/// The chip of a day to bring the child: 明天送到校, 周一送到校, 11-30 送到校.
pub fn bring_on(on: NaiveDate, today: NaiveDate) -> String {
    let day = match said(on, today) {
        Said::Today => say("day.today").to_owned(),
        Said::Tomorrow => say("day.tomorrow").to_owned(),
        Said::OnThe(_) => dates::weekday(on).to_owned(),
        Said::Date => format!("{} ", dates::month_day(on)),
    };
    say_with("promise.bring_on", &[("day", &day)])
}

/// 周一 11-23 前送到校
pub fn commitment(commitment: &Commitment, today: NaiveDate) -> String {
    let what = match &commitment.words {
        Some(words) => words.clone(),
        None => promise(&commitment.what),
    };
    match commitment.due_on {
        Some(due) if commitment.what == Promise::BringToSchool => {
            say_with("promise.bring_before", &[("day", &day(due, today))])
        }
        _ => what,
    }
}

/// What the family agreed to, in one line.
pub fn agreed(visit: &Visit, today: NaiveDate) -> Vec<String> {
    let family = visit.commitments.iter().filter(|c| c.by == Party::Family);
    family.map(|c| commitment(c, today)).collect()
}

/// What the school's side promised.
pub fn promised(visit: &Visit) -> Vec<String> {
    let school = visit.commitments.iter().filter(|c| c.by == Party::School);
    school.map(|c| promise(&c.what)).collect()
}

/// 全家外出
pub fn told(told: Told) -> &'static str {
    say(&format!("told.{}", told.code()))
}

/// 全家外出，去浙江了
pub fn village_said(note: &NoteLine) -> String {
    list(note.told.map(|told| self::told(told).to_owned()).into_iter().chain(note.words.clone()))
}

/// 五村
pub fn village(id: Option<domain::ids::VillageId>, directory: &domain::directory::Directory) -> String {
    id.and_then(|id| directory.village(id)).map(|v| v.name.clone()).unwrap_or_default()
}
