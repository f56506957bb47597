//! What ledgers call things: classes, villages, fields of the register and their values, a visit line by
//! line. In the words of the office, not those that a family may read on the glass.

use crate::dates;
use crate::desk::Begun;
use crate::words::{find, say, say_with};
use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::local_date;
use domain::ids::{ClassId, VillageId};
use domain::student::NoteLine;
use domain::visit::{Commitment, Met, Participant, Visit};
use domain::vocabulary::{Gender, LeftBehind, Party, Relation};

/// Parts of a list as Chinese lists them.
pub fn list(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(say("list.comma"))
}

/// 七年级3班
pub fn class(begun: &Begun, id: ClassId) -> String {
    begun.directory.class(id).map(|class| class.label(begun.today())).unwrap_or_default()
}

/// 五村
pub fn village(begun: &Begun, id: VillageId) -> String {
    begun.directory.village(id).map(|village| village.name.clone()).unwrap_or_default()
}

/// 今天 17:38, 11-20 17:38
pub fn moment(begun: &Begun, at: DateTime<Utc>) -> String {
    dates::moment(at, begun.now)
}

/// 11-20 17:38, 2025-11-20 17:38: on paper nothing is today.
pub fn on_paper(at: DateTime<Utc>) -> String {
    format!("{} {}", local_date(at), dates::clock(at))
}

/// 今天, 周一 11-23
pub fn day(begun: &Begun, on: NaiveDate) -> String {
    dates::day(on, begun.today())
}

/// 全家外出、去浙江了
pub fn village_said(note: &NoteLine) -> String {
    let told = note.told.map(|told| say(&format!("told.{}", told.code())).to_owned());
    list(told.into_iter().chain(note.words.clone()))
}

/// 奶奶 as the doorway says, else 爷爷/奶奶.
pub fn met(met: &Met) -> String {
    met.called.clone().unwrap_or_else(|| relation(&met.relation))
}

/// 爷爷/奶奶: as on the phone; the ledgers' 祖父母 is for what is printed.
pub fn relation(relation: &Relation) -> String {
    find(&format!("met.{}", relation.code())).unwrap_or(relation.term()).to_owned()
}

/// Who came, of one side if one is named.
pub fn came(participants: &[Participant]) -> String {
    list(participants.iter().map(|p| p.name.clone()))
}

/// 父亲：每周通电话（到 周一 11-23）
pub fn commitment(begun: &Begun, c: &Commitment) -> String {
    let what = c.words.clone().unwrap_or_else(|| c.what.term().to_owned());
    let who = match (&c.by, &c.who) {
        (Party::Family, Some(who)) => relation(who),
        (by, _) => by.term().to_owned(),
    };
    match c.due_on {
        Some(due) => {
            say_with("desk.visit.promise_due", &[("who", &who), ("what", &what), ("due", &day(begun, due))])
        }
        None => say_with("desk.visit.promise", &[("who", &who), ("what", &what)]),
    }
}

/// What was asked and answered, without what was not.
pub fn lines(begun: &Begun, visit: &Visit) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let mut add = |key: &str, value: String| {
        if !value.is_empty() {
            lines.push((say(key), value));
        }
    };
    add("desk.visit.purposes", list(visit.purposes.iter().map(|p| p.term().to_owned())));
    add("desk.visit.came", came(&visit.participants));
    add("desk.visit.no_village", visit.no_village.as_ref().map(|r| r.term().to_owned()).unwrap_or_default());
    add("desk.visit.met", list(visit.met.iter().map(met)));
    let calls = visit.calls.iter().map(|c| format!("{} {}", relation(&c.relation), c.result.term()));
    add("desk.visit.calls", list(calls));
    add("desk.visit.outcome", visit.outcome.term().to_owned());
    let at_the_door = [
        visit.left_note.then(|| say("desk.visit.left_note").to_owned()),
        visit.asked_neighbour.then(|| say("desk.visit.asked_neighbour").to_owned()),
    ];
    add("desk.visit.door", list(at_the_door.into_iter().flatten()));
    let language = [
        visit.language.as_ref().map(|l| l.term().to_owned()),
        visit.interpreter.as_ref().map(|i| say_with("desk.visit.interpreted", &[("who", i.term())])),
    ];
    add("desk.visit.language", list(language.into_iter().flatten()));
    let term = |value: Option<&str>| value.map(str::to_owned).unwrap_or_default();
    add("desk.visit.whereabouts", term(visit.whereabouts.as_ref().map(|w| w.term())));
    add("desk.visit.causes", list(visit.causes.iter().map(|c| c.term().to_owned())));
    add("desk.visit.guardian_attitude", term(visit.guardian_attitude.as_ref().map(|a| a.term())));
    add("desk.visit.student_attitude", term(visit.student_attitude.as_ref().map(|a| a.term())));
    if visit.explained_rules {
        add("desk.visit.rules", say("desk.visit.explained").to_owned());
    }
    add(
        "desk.visit.commitments",
        visit.commitments.iter().map(|c| commitment(begun, c)).collect::<Vec<_>>().join("\n"),
    );
    add("desk.visit.difficulties", list(visit.difficulties.iter().map(|d| d.term().to_owned())));
    add("desk.visit.remark", visit.remark.clone().unwrap_or_default());
    add("desk.visit.next", visit.next_follow_up_on.map(|on| day(begun, on)).unwrap_or_default());
    add("desk.visit.signature", term(visit.signature.as_ref().map(|s| s.term())));
    lines
}

/// 联系电话, 监护人1 电话
pub fn field(name: &str) -> String {
    if let Some((n, part)) = name.strip_prefix("guardian.").and_then(|rest| rest.split_once('.')) {
        let part = find(&format!("desk.field.guardian_{part}")).unwrap_or_default();
        return say_with("desk.field.guardian", &[("n", n), ("part", part)]);
    }
    find(&format!("desk.field.{name}")).map_or_else(|| name.to_owned(), str::to_owned)
}

/// A value of the register as people read it; ids and codes by their names.
pub fn value(begun: &Begun, field: &str, value: Option<&str>) -> String {
    if field.ends_with(".legal") {
        return say(if value == Some("false") { "desk.no" } else { "desk.yes" }).to_owned();
    }
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return say("desk.field.empty").to_owned();
    };
    let named = match field {
        "gender" => Some(Gender::from_code(value).term().to_owned()),
        "left_behind" => Some(LeftBehind::from_code(value).term().to_owned()),
        "boarding" => Some(say(if value == "true" { "desk.yes" } else { "desk.no" }).to_owned()),
        "class" => value.parse().ok().map(|id| class(begun, ClassId(id))),
        "village" => value.parse().ok().map(|id| village(begun, VillageId(id))),
        "household" => Some(say("desk.field.household_other").to_owned()),
        field if field.ends_with(".relation") => Some(relation(&Relation::from_code(value))),
        _ => None,
    };
    named.filter(|named| !named.is_empty()).unwrap_or_else(|| value.to_owned())
}
