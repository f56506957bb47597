//! One thing owed, as 今日 says it: what is the matter, how far off it is, about whom, and the one tap
//! that does it. Words only; what is owed is decided in `domain::duty`.

use crate::dates;
use crate::pages::village::standing::{what, who};
use crate::phrase;
use crate::words::{find, say, say_with};
use chrono::NaiveDate;
use domain::calendar::local_date;
use domain::duty::{Duty, Reason};
use domain::ids::{EntryId, StudentId, VillageId};
use domain::student::StudentState;
use domain::sync::Replica;
use domain::visit::opening::Errand;
use domain::vocabulary::{Promise, Relation, VisitKind};

/// A duty in words.
#[derive(Clone, Debug, PartialEq)]
pub struct DutyLine {
    /// The duty.
    pub duty: Duty,
    /// 没到校第3天 · 今天要去
    pub words: String,
    /// 晚了 2 天, amber.
    pub late: Option<String>,
    /// 阿依古丽·艾力甲, or whatever else it is about.
    pub about: String,
    /// 七年级3班 · 五村
    pub place: String,
    /// The village it belongs to, to plan a walk.
    pub village: Option<VillageId>,
    /// Another line: 昨天有老师去过这家。
    pub note: Option<String>,
    /// What can be done, the first at once.
    pub acts: Vec<Act>,
}

impl Act {
    /// 去敲门, 看看, 打电话, 给孩子补补课
    pub fn words(&self) -> String {
        match self {
            Self::SetOut(label, _) | Self::Page(label, _) => say(label).to_owned(),
            Self::Call(_) => say("call.dial").to_owned(),
            Self::Kept(_, what) => phrase::promise(what),
            Self::Noted(..) => say("today.note").to_owned(),
            Self::GoMyself(..) => say("today.go_myself").to_owned(),
        }
    }
}

/// What one tap does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Opens the form.
    SetOut(&'static str, Errand),
    /// Goes to a page.
    Page(&'static str, String),
    /// Calls, and asks afterwards how it went.
    Call(Calling),
    /// 做到了
    Kept(EntryId, Promise),
    /// 记下
    Noted(EntryId, StudentId),
    /// 我再去一趟
    GoMyself(EntryId, StudentId),
}

/// A call that is owed.
#[derive(Clone, Debug, PartialEq)]
pub struct Calling {
    /// The visit that promised it.
    pub visit: EntryId,
    /// Who can be called: what they are called, and the number.
    pub people: Vec<(Relation, String)>,
    /// The promise a reached call keeps.
    pub keeps: Option<Promise>,
}

impl DutyLine {
    pub fn of(duty: Duty, replica: &Replica, today: NaiveDate) -> Self {
        let child = duty.student.and_then(|id| replica.caseload.files.get(&id));
        let basics = child.and_then(|file| file.student.state.basics.as_ref());
        let class = basics.and_then(|b| replica.directory.class(b.class)).map(|c| c.label(today));
        let (village, about) = match &duty.reason {
            Reason::FoundChild { village, household, .. } => (Some(VillageId(*village)), household.clone()),
            Reason::AskAgain { household, .. }
            | Reason::Differs { household, .. }
            | Reason::Disowned { household, .. } => (basics.and_then(|b| b.village), household.clone()),
            _ => {
                let name = basics.map_or_else(|| say("today.not_here").to_owned(), |b| b.name.clone());
                (basics.and_then(|b| b.village), name)
            }
        };
        let village_name = phrase::village(village, &replica.directory);
        let place = class.into_iter().chain(Some(village_name)).filter(|part| !part.is_empty());
        let note =
            child.filter(|_| duty.reason.is_knock()).and_then(|file| heard(&file.student.state, today));
        let late = (today - duty.due_on).num_days();
        Self {
            words: words(&duty, replica, today),
            late: (late > 0).then(|| say_with("today.late", &[("n", &late.to_string())])),
            about,
            place: place.collect::<Vec<_>>().join(" · "),
            village,
            note,
            acts: acts(&duty, replica),
            duty,
        }
    }
}

/// What came in lately about a house that somebody is about to go to: the village's word, or that another
/// teacher was there.
fn heard(state: &StudentState, today: NaiveDate) -> Option<String> {
    let lately = |on: NaiveDate| (today - on).num_days() <= 7;
    let note = state.notes.last().map(|note| (local_date(note.at), note)).filter(|(on, _)| lately(*on));
    let seen = state.sightings.iter().map(|s| s.on).max().filter(|on| lately(*on));
    match (note, seen) {
        (Some((on, note)), seen) if seen.is_none_or(|seen| seen <= on) => Some(say_with(
            "visit.village_said",
            &[("who", &note.by), ("day", &dates::day(on, today)), ("what", &phrase::village_said(note))],
        )),
        (_, Some(on)) => Some(say_with("visit.other_was_there", &[("day", &dates::day(on, today))])),
        _ => None,
    }
}

/// What is the matter, and how far off it is while it is not late.
fn words(duty: &Duty, replica: &Replica, today: NaiveDate) -> String {
    let what = matter(duty, replica, today);
    let distance = match (duty.due_on - today).num_days() {
        // 晚了 2 天 follows.
        ..0 => return phrase::quoted(&what).to_owned(),
        0 => say(if duty.reason.is_knock() { "today.go_today" } else { "today.do_today" }).to_owned(),
        _ if matches!(duty.reason, Reason::TermVisit { .. }) => return what,
        _ => say_with("today.go_on", &[("day", &dates::day(duty.due_on, today))]),
    };
    format!("{} · {distance}", phrase::quoted(&what))
}

/// What is the matter, without the day.
pub fn matter(duty: &Duty, replica: &Replica, today: NaiveDate) -> String {
    match &duty.reason {
        Reason::Absent { since, .. } => {
            let n = replica.directory.calendar.school_days_between(*since, today).max(1);
            say_with("visit.missed", &[("n", &n.to_string())])
        }
        Reason::FollowUp { outcome, visited_on, .. } => {
            let on = dates::day(*visited_on, today);
            match outcome {
                domain::vocabulary::Outcome::Met | domain::vocabulary::Outcome::PhoneOnly => {
                    say_with("duty.follow_up", &[("on", &on)])
                }
                other => say_with("duty.try_again", &[("on", &on), ("how", &phrase::outcome(other))]),
            }
        }
        Reason::Promised { what, .. } => say_with("duty.promised", &[("what", &phrase::promise(what))]),
        Reason::CallBack { relation, .. } => {
            say_with("duty.call_back", &[("who", &phrase::relation(relation))])
        }
        Reason::PleaseAdd { words, .. } => say_with("state.returned", &[("what", phrase::quoted(words))]),
        Reason::AskAgain { .. } => say("duty.ask_again").to_owned(),
        Reason::Differs { visit, .. } => differs(duty, *visit, replica),
        Reason::Disowned { name, .. } => say_with("duty.disowned", &[("who", name)]),
        Reason::TermVisit { .. } => say("duty.term_visit").to_owned(),
        Reason::Sighted { by, on, seen, whereabouts, .. } => {
            let key = if *seen { "duty.sighted" } else { "duty.told" };
            let place = phrase::whereabouts(whereabouts);
            say_with(key, &[("who", by), ("day", &dates::day(*on, today)), ("where", &place)])
        }
        Reason::FoundChild { name, about, schooling, .. } => {
            let about = about.clone().map(|about| format!("（{about}）")).unwrap_or_default();
            say_with(
                "duty.found_child",
                &[
                    ("name", name),
                    ("about", &about),
                    ("schooling", &phrase::worded("schooling", schooling.code(), schooling.term())),
                ],
            )
        }
        Reason::Proposal { field } => say_with("duty.proposal", &[("field", &field_words(field))]),
        Reason::Unlisted { .. } => say("duty.unlisted").to_owned(),
        Reason::Safeguarding { .. } => say("duty.safeguarding").to_owned(),
        Reason::Quarantined { by, .. } => say_with("duty.quarantined", &[("who", by)]),
        Reason::Unknown => say("duty.unknown").to_owned(),
    }
}

/// 村支书 吐尔逊 说有出入：孩子现在不在家
fn differs(duty: &Duty, visit: EntryId, replica: &Replica) -> String {
    let file = duty.student.and_then(|id| replica.caseload.files.get(&id));
    let state = file.map(|file| &*file.student.state);
    let line = state.and_then(|state| state.visits.iter().find(|line| line.entry == visit));
    match line.and_then(|line| line.answer()) {
        Some(answer) => say_with(
            "duty.differs",
            &[("who", &who(&answer.role, answer.name.as_deref())), ("what", &what(answer))],
        ),
        None => say("duty.differs_somehow").to_owned(),
    }
}

/// 联系电话; 父亲的电话 for a guardian's.
pub fn field_words(field: &str) -> String {
    let part = field.rsplit('.').next().unwrap_or(field);
    let key = if field.starts_with("guardian.") {
        format!("field.guardian_{part}")
    } else {
        format!("field.{part}")
    };
    find(&key).unwrap_or(part).to_owned()
}

fn acts(duty: &Duty, replica: &Replica) -> Vec<Act> {
    let Some(student) = duty.student else { return Vec::new() };
    let file = || Act::Page("today.open_file", format!("/students/{student}"));
    let errand = |kind| Errand { student, duty: Some(duty.id), kind };
    let set_out = |knock: bool| {
        let label = if knock { "go.knock" } else { "go.visit" };
        Act::SetOut(label, errand(None))
    };
    match &duty.reason {
        Reason::Absent { .. } => vec![set_out(true)],
        Reason::FollowUp { kind, .. } => vec![set_out(*kind == VisitKind::DoorKnock)],
        Reason::TermVisit { .. } => vec![set_out(false)],
        Reason::Promised { visit, what, .. } if *what == Promise::CallAgain => {
            vec![Act::Call(Calling {
                visit: *visit,
                people: people(replica, student, None),
                keeps: Some(what.clone()),
            })]
        }
        Reason::Promised { visit, what, .. } => vec![Act::Kept(*visit, what.clone())],
        Reason::CallBack { visit, relation } => {
            let people = people(replica, student, Some(relation));
            vec![Act::Call(Calling { visit: *visit, people, keeps: None })]
        }
        Reason::PleaseAdd { visit, .. } => vec![Act::Page("today.add", format!("/supplement/{visit}"))],
        Reason::AskAgain { knock, .. } => vec![Act::Page("today.ask_again", format!("/confirm/{knock}"))],
        Reason::Differs { knock, .. } => vec![Act::Page("today.look", format!("/saved/{knock}"))],
        Reason::Sighted { sighting, .. } => {
            vec![Act::Noted(*sighting, student), Act::GoMyself(*sighting, student)]
        }
        Reason::Proposal { .. } | Reason::Unlisted { .. } | Reason::Disowned { .. } => vec![file()],
        Reason::FoundChild { .. }
        | Reason::Safeguarding { .. }
        | Reason::Quarantined { .. }
        | Reason::Unknown => Vec::new(),
    }
}

/// Guardians with a number: the one meant, or all.
fn people(replica: &Replica, student: StudentId, meant: Option<&Relation>) -> Vec<(Relation, String)> {
    let basics = replica.caseload.files.get(&student).and_then(|file| file.student.state.basics.as_ref());
    let guardians = basics.map(|b| b.guardians.as_slice()).unwrap_or_default();
    guardians
        .iter()
        .filter(|g| meant.is_none_or(|relation| g.relation == *relation))
        .filter_map(|g| Some((g.relation.clone(), g.phone.clone()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next_is_named_by_what_is_done() {
        crate::words::learn();
        let page = |label| Act::Page(label, String::new());
        let visit = EntryId(uuid::Uuid::nil());
        assert_eq!(page("today.look").words(), "看看");
        assert_eq!(page("today.add").words(), "去补");
        assert_eq!(Act::Kept(visit, Promise::AskAboutAid).words(), "帮问资助");
    }
}
