//! A row of 今日: a child, or a house with several, and all that is owed there. One thing is what the row
//! says and its button does; the others stand behind the tap.

use super::duty_line::DutyLine;
use crate::words::say;
use chrono::NaiveDate;
use domain::actor::Actor;
use domain::calendar::local_date;
use domain::duty::{Duty, Reason};
use domain::entry::Body;
use domain::ids::{DutyId, HouseholdId, StudentId};
use domain::sync::Replica;
use std::collections::{BTreeMap, BTreeSet};

/// What is owed at one house.
#[derive(Clone, Debug, PartialEq)]
pub struct House {
    /// What is done with one tap.
    pub first: DutyLine,
    /// The rest, the most pressing first.
    pub others: Vec<DutyLine>,
    /// 阿依古丽·艾力甲、买买提·艾力甲
    pub about: String,
    /// Somebody stood at this door today, and what is left is for another day.
    pub been: bool,
}

/// What makes two duties one row.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Door {
    Household(HouseholdId),
    Child(StudentId),
    Alone(DutyId),
}

impl House {
    /// One duty alone.
    pub fn of(line: DutyLine) -> Self {
        Self { about: line.about.clone(), first: line, others: Vec::new(), been: false }
    }

    /// The houses of these duties, by the day of what is most pressing there.
    pub fn all(duties: Vec<Duty>, replica: &Replica, me: &Actor, today: NaiveDate) -> Vec<Self> {
        let mut doors: BTreeMap<Door, Vec<Duty>> = BTreeMap::new();
        let mut knocks = BTreeSet::new();
        // Of one knock that is about several children one line.
        let once =
            |duty: &Duty| duty.reason.knock().is_none_or(|knock| knocks.insert((duty.reason.code(), knock)));
        for duty in duties.into_iter().filter(once) {
            doors.entry(door(&duty, replica)).or_default().push(duty);
        }
        let mut houses: Vec<Self> =
            doors.into_values().filter_map(|duties| Self::at(duties, replica, me, today)).collect();
        houses.sort_by_key(|house| (house.first.duty.due_on, house.first.duty.id));
        houses
    }

    fn at(mut duties: Vec<Duty>, replica: &Replica, me: &Actor, today: NaiveDate) -> Option<Self> {
        // Who has to go there anyway takes the rest along; what is not due yet does not push itself forward.
        duties.sort_by_key(|duty| {
            let due = duty.due_on <= today;
            (!due, due && !duty.reason.is_knock(), duty.due_on, duty.id)
        });
        let been = duties.iter().all(|duty| duty.due_on > today && follows_a_visit(&duty.reason))
            && duties.iter().any(|d| d.student.is_some_and(|child| been_today(child, replica, me, today)));
        let mut lines = duties.into_iter().map(|duty| DutyLine::of(duty, replica, today));
        let first = lines.next()?;
        let others: Vec<DutyLine> = lines.collect();
        let mut names = vec![first.about.as_str()];
        for line in others.iter().filter(|line| line.duty.student != first.duty.student) {
            if !names.contains(&line.about.as_str()) {
                names.push(&line.about);
            }
        }
        let about = names.join(say("list.comma"));
        Some(Self { first, others, about, been })
    }

    /// All of it.
    pub fn lines(&self) -> impl Iterator<Item = &DutyLine> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

fn door(duty: &Duty, replica: &Replica) -> Door {
    // 单独上报 and what was kept are read, each by itself; nobody goes to a house for them.
    let alone = matches!(duty.reason, Reason::Safeguarding { .. } | Reason::Quarantined { .. });
    let Some(child) = duty.student.filter(|_| !alone) else { return Door::Alone(duty.id) };
    let basics = replica.caseload.files.get(&child).and_then(|file| file.student.state.basics.as_ref());
    basics.and_then(|basics| basics.household).map_or(Door::Child(child), Door::Household)
}

/// What was agreed or left open at a door, unlike what came in about it since.
const fn follows_a_visit(reason: &Reason) -> bool {
    reason.is_knock() || matches!(reason, Reason::Promised { .. } | Reason::CallBack { .. })
}

/// Whether somebody went there today, as far as this phone knows.
pub fn been_today(child: StudentId, replica: &Replica, me: &Actor, today: NaiveDate) -> bool {
    let last =
        |state: &domain::student::StudentState| state.last_visit().is_some_and(|visit| visit.day() == today);
    let own = replica.outbox.iter().any(|queued| {
        queued.entry.subject.student() == Some(child)
            && matches!(queued.entry.body, Body::Visit(_) | Body::Withdrawal(_))
            && local_date(queued.entry.recorded_at) == today
    });
    // Reading a file with one's own on top costs: only where there is something on top.
    if own {
        return replica.file(child, me).is_some_and(|file| last(&file.student.state));
    }
    replica.caseload.files.get(&child).is_some_and(|file| last(&file.student.state))
}
