//! Duties (该办的事): who owes what by when, and why, derived from where a child stands. Overdue is
//! `due_on < today`, never stored. The words of a reason are the locale's; here is what they are
//! made of.

use crate::actor::Role;
use crate::calendar::Calendar;
use crate::confirmation::Standing;
use crate::found_child::FoundChild;
use crate::ids::{DutyId, EntryId, KnockId, SchoolId, StudentId, UserId, derived};
use crate::policy::Policy;
use crate::review::Verdict;
use crate::settlement::Settlement;
use crate::student::{StudentState, VisitLine};
use crate::vocabulary::{
    EnrolmentStatus, Outcome, Party, Promise, Purpose, Relation, Schooling, VisitKind, Whereabouts,
};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who owes it: a role in a place, or one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Whoever has the role there.
    Role {
        /// The role.
        role: Role,
        /// `Scope::key` of the place.
        scope: Uuid,
    },
    /// One person.
    User(UserId),
}

impl Owner {
    /// The place or person, as one id.
    pub const fn key(&self) -> Uuid {
        match self {
            Self::Role { scope, .. } => *scope,
            Self::User(user) => user.0,
        }
    }

    const fn role(role: Role, scope: Uuid) -> Self {
        Self::Role { role, scope }
    }
}

/// 该办的事.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duty {
    /// Follows from what it is about, so that deriving it again changes nothing.
    pub id: DutyId,
    /// Who.
    pub owner: Owner,
    /// About whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub student: Option<StudentId>,
    /// By when.
    pub due_on: NaiveDate,
    /// Why.
    pub reason: Reason,
}

/// Why a duty is there, with the facts that say so. The kind of the duty is the kind of its reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// 没到校: go and knock (S000a S003.1: after one school day).
    Absent {
        /// First school day missed.
        since: NaiveDate,
        /// The policy version that says when to go.
        policy: u32,
    },
    /// 说好再去.
    FollowUp {
        /// The visit that said so.
        visit: EntryId,
        /// Its day.
        visited_on: NaiveDate,
        /// Its kind: the next one is of the same.
        kind: VisitKind,
        /// Its result: 家里没人 asks for another try.
        outcome: Outcome,
    },
    /// 我答应的.
    Promised {
        /// The visit.
        visit: EntryId,
        /// What.
        what: Promise,
        /// When it was promised.
        on: NaiveDate,
    },
    /// 回去再打.
    CallBack {
        /// The visit.
        visit: EntryId,
        /// Whom.
        relation: Relation,
    },
    /// 教导处请您补一点.
    PleaseAdd {
        /// The visit.
        visit: EntryId,
        /// What to add.
        words: String,
    },
    /// 核对以后改过: ask the village again.
    AskAgain {
        /// The visit.
        visit: EntryId,
        /// The knock.
        knock: KnockId,
        /// 阿依古丽家
        household: String,
    },
    /// 有出入: the village sees the visit differently; its author looks, and corrects it or says 知道了.
    Differs {
        /// The visit.
        visit: EntryId,
        /// The knock.
        knock: KnockId,
        /// 阿依古丽家
        household: String,
    },
    /// 不是我核对的: an answer was given in somebody's name who disowns it. The office asks (ux 6.4).
    Disowned {
        /// The visit.
        visit: EntryId,
        /// 阿依古丽家
        household: String,
        /// Whose name it was.
        name: String,
    },
    /// 本学期还没家访过 (T10).
    TermVisit {
        /// The term.
        semester: String,
    },
    /// Another school's teacher saw the child: 记下 or 我再去一趟.
    Sighted {
        /// The sighting.
        sighting: EntryId,
        /// Who saw.
        by: String,
        /// When.
        on: NaiveDate,
        /// Met.
        seen: bool,
        /// Where.
        whereabouts: Whereabouts,
    },
    /// 核实：家里还有一个孩子没上学.
    FoundChild {
        /// The entry.
        entry: EntryId,
        /// Name as said.
        name: String,
        /// 上学情况
        schooling: Schooling,
        /// About which age or grade.
        about: Option<String>,
        /// 阿依古丽家
        household: String,
        /// `VillageId`
        village: Uuid,
        /// Who found.
        by: String,
    },
    /// Two values for one field: decide.
    Proposal {
        /// The field.
        field: String,
    },
    /// 名册里没有了: find out where the child is.
    Unlisted {
        /// The day of the roster.
        on: NaiveDate,
    },
    /// 单独上报 has come in.
    Safeguarding {
        /// The entry.
        entry: EntryId,
    },
    /// What was written by somebody whose grant had gone: read and decide.
    Quarantined {
        /// The entry.
        entry: EntryId,
        /// Who wrote it.
        by: String,
    },
    /// A kind of duty of a newer server.
    #[serde(other)]
    Unknown,
}

impl Reason {
    /// The code in the database.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Absent { .. } => "ABSENT",
            Self::FollowUp { .. } => "FOLLOW_UP",
            Self::Promised { .. } => "PROMISED",
            Self::CallBack { .. } => "CALL_BACK",
            Self::PleaseAdd { .. } => "PLEASE_ADD",
            Self::AskAgain { .. } => "ASK_AGAIN",
            Self::Differs { .. } => "DIFFERS",
            Self::Disowned { .. } => "DISOWNED",
            Self::TermVisit { .. } => "TERM_VISIT",
            Self::Sighted { .. } => "SIGHTED",
            Self::FoundChild { .. } => "FOUND_CHILD",
            Self::Proposal { .. } => "PROPOSAL",
            Self::Unlisted { .. } => "UNLISTED",
            Self::Safeguarding { .. } => "SAFEGUARDING",
            Self::Quarantined { .. } => "QUARANTINED",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// The knock that it is about, whichever of its children it was found with.
    pub const fn knock(&self) -> Option<KnockId> {
        match self {
            Self::AskAgain { knock, .. } | Self::Differs { knock, .. } => Some(*knock),
            _ => None,
        }
    }

    /// Whether doing it means going to the house or calling there: 去敲门, 去家访.
    pub const fn is_knock(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::FollowUp { .. } | Self::TermVisit { .. })
    }
}

/// What a form opened from a duty starts with: kind and purposes (ux 4).
pub fn visit_for(reason: Option<&Reason>) -> (VisitKind, Vec<Purpose>) {
    match reason {
        Some(Reason::Absent { .. }) => (VisitKind::DoorKnock, vec![Purpose::Absence, Purpose::Persuade]),
        Some(Reason::FollowUp { kind: VisitKind::DoorKnock, .. }) => {
            (VisitKind::DoorKnock, vec![Purpose::Absence, Purpose::Persuade])
        }
        _ => (VisitKind::HomeVisit, vec![Purpose::Routine]),
    }
}

/// Everything owed about one student on that day. A pure function of where the student stands:
/// the same state gives the same duties with the same ids.
pub fn owed(
    student: StudentId,
    state: &StudentState,
    policy: &Policy,
    calendar: &Calendar,
    today: NaiveDate,
) -> Vec<Duty> {
    let Some(basics) = state.basics.as_ref().filter(|_| !has_left(state)) else { return Vec::new() };
    let teacher = Owner::role(Role::ClassTeacher, basics.class.0);
    let office = Owner::role(Role::Office, basics.school.0);
    let mut duties = Vec::new();
    let mut owe = |name: String, owner: Owner, due_on: NaiveDate, reason: Reason| {
        let id = DutyId(derived(student.0, &name));
        duties.push(Duty { id, owner, student: Some(student), due_on, reason });
    };

    let last = state.last_visit();
    if let Some(spell) = &state.absence
        && last.is_none_or(|visit| visit.day() < spell.first_absent_on)
    {
        owe(
            format!("absent/{}", spell.entry),
            teacher,
            calendar.school_days_after(spell.first_absent_on, policy.absence_visit_days),
            Reason::Absent { since: spell.first_absent_on, policy: policy.version },
        );
    }
    if let Some(visit) = last {
        if let Some(next) = visit.next_follow_up_on {
            let reason = Reason::FollowUp {
                visit: visit.entry,
                visited_on: visit.day(),
                kind: visit.kind.clone(),
                outcome: visit.outcome.clone(),
            };
            owe(format!("follow/{}", visit.entry), teacher, next, reason);
        }
        for promise in visit.commitments.iter().filter(|c| c.by == Party::School) {
            let reason = Reason::Promised { visit: visit.entry, what: promise.what.clone(), on: visit.day() };
            let due = promise.due_on.unwrap_or_else(|| calendar.next_school_day(visit.day()));
            owe(
                format!("promise/{}/{}", visit.entry, promise.what.code()),
                Owner::User(visit.author),
                due,
                reason,
            );
        }
        for relation in &visit.call_later {
            let reason = Reason::CallBack { visit: visit.entry, relation: relation.clone() };
            owe(
                format!("call/{}/{}", visit.entry, relation.code()),
                Owner::User(visit.author),
                visit.day(),
                reason,
            );
        }
    }
    for visit in &state.visits {
        per_visit(visit, office, policy, calendar, &mut owe);
    }
    for seen in state.sightings.iter().filter(|s| s.taken.is_none()) {
        let reason = Reason::Sighted {
            sighting: seen.entry,
            by: seen.by.clone(),
            on: seen.on,
            seen: seen.seen,
            whereabouts: seen.whereabouts.clone(),
        };
        owe(format!("sighted/{}", seen.entry), teacher, calendar.next_school_day(seen.on), reason);
    }
    let mut fields: Vec<_> = state.proposals.iter().collect();
    fields.dedup_by(|a, b| a.field == b.field);
    for proposal in fields {
        let due = calendar.school_days_after(crate::calendar::local_date(proposal.at), 3);
        owe(
            format!("proposal/{}", proposal.field),
            office,
            due,
            Reason::Proposal { field: proposal.field.clone() },
        );
    }
    if let Some(on) = state.unlisted {
        // ux 9.1: 先放着 keeps the child as it was and asks again in three days.
        owe("unlisted".into(), office, calendar.school_days_after(on, 3), Reason::Unlisted { on });
    }
    if policy.visits_per_term > 0
        && let Some(term) = calendar.term_of(today)
    {
        let visited =
            state.visits.iter().filter(|v| v.day() >= term.starts_on && v.reached_somebody()).count();
        if visited < usize::from(policy.visits_per_term) && state.absence.is_none() {
            owe(
                format!("term/{}", term.semester),
                teacher,
                term.ends_on,
                Reason::TermVisit { semester: term.semester.clone() },
            );
        }
    }
    duties
}

/// Who has left the school is owed no visit by it.
const fn has_left(state: &StudentState) -> bool {
    matches!(
        state.status,
        Some(
            EnrolmentStatus::TransferredOut
                | EnrolmentStatus::Abroad
                | EnrolmentStatus::Graduated
                | EnrolmentStatus::Completed
                | EnrolmentStatus::Deceased
        )
    )
}

fn per_visit(
    visit: &VisitLine,
    office: Owner,
    policy: &Policy,
    calendar: &Calendar,
    owe: &mut impl FnMut(String, Owner, NaiveDate, Reason),
) {
    if let Some(review) = visit.review.as_ref().filter(|r| r.verdict == Verdict::PleaseAdd)
        && !visit.supplemented
    {
        let due = calendar.next_school_day(crate::calendar::local_date(review.at));
        let reason =
            Reason::PleaseAdd { visit: visit.entry, words: review.words.clone().unwrap_or_default() };
        owe(format!("add/{}", visit.entry), Owner::User(visit.author), due, reason);
    }
    let standing = visit.standing(policy);
    // Over once the village has answered for itself.
    let disowned = visit.answers.iter().rfind(|a| a.disputed).filter(|_| standing == Standing::Waiting);
    if let Some(answer) = disowned {
        let name = answer.name.clone().unwrap_or_else(|| answer.role.term().to_owned());
        let reason = Reason::Disowned { visit: visit.entry, household: visit.household.clone(), name };
        let due = visit.day() + Days::new(u64::from(policy.village_confirm_days));
        owe(format!("disowned/{}", visit.entry), office, due, reason);
    }
    if let Some(answer) = visit.unheard(policy) {
        let reason =
            Reason::Differs { visit: visit.entry, knock: visit.knock, household: visit.household.clone() };
        let due = calendar.next_school_day(crate::calendar::local_date(answer.at));
        owe(format!("differs/{}", answer.entry), Owner::User(visit.author), due, reason);
    }
    if standing == Standing::ChangedAfter {
        let reason =
            Reason::AskAgain { visit: visit.entry, knock: visit.knock, household: visit.household.clone() };
        let due = visit.day() + Days::new(u64::from(policy.village_confirm_days));
        owe(format!("again/{}", visit.entry), Owner::User(visit.author), due, reason);
    }
}

impl VisitLine {
    /// Whether somebody was met or reached.
    pub const fn reached_somebody(&self) -> bool {
        matches!(self.outcome, Outcome::Met | Outcome::PhoneOnly)
    }
}

/// 核实 for the office: a child in a house that no roster knows.
pub fn found_child(
    school: SchoolId,
    entry: EntryId,
    found: &FoundChild,
    by: &str,
    on: NaiveDate,
    calendar: &Calendar,
) -> Option<Duty> {
    (found.schooling != Schooling::OurSchool).then(|| Duty {
        id: of_found(school, entry),
        owner: Owner::role(Role::Office, school.0),
        student: None,
        due_on: calendar.next_school_day(on),
        reason: Reason::FoundChild {
            entry,
            name: found.name.clone(),
            schooling: found.schooling.clone(),
            about: found.about.clone(),
            household: found.household.clone(),
            village: found.village.0,
            by: by.to_owned(),
        },
    })
}

/// 单独上报: one duty for the headteacher and one for the designated person, the same day.
pub fn safeguarding(school: SchoolId, student: StudentId, entry: EntryId, on: NaiveDate) -> [Duty; 2] {
    REPORTED_TO.map(|role| Duty {
        id: of_report(entry, role),
        owner: Owner::role(role, school.0),
        student: Some(student),
        due_on: on,
        reason: Reason::Safeguarding { entry },
    })
}

/// 留着等教导处看: something was written by somebody whose grant had gone.
pub fn quarantined(
    school: SchoolId,
    student: Option<StudentId>,
    entry: EntryId,
    by: &str,
    on: NaiveDate,
    calendar: &Calendar,
) -> Duty {
    Duty {
        id: of_kept(school, entry),
        owner: Owner::role(Role::Office, school.0),
        student,
        due_on: calendar.next_school_day(on),
        reason: Reason::Quarantined { entry, by: by.to_owned() },
    }
}

/// Who looks into a 单独上报; it is done when one of them has written what was done.
const REPORTED_TO: [Role; 2] = [Role::Principal, Role::Designated];

/// The duties that end with what was done about a report, whatever school the child is at by then.
pub fn handled(report: EntryId) -> [DutyId; 2] {
    REPORTED_TO.map(|role| of_report(report, role))
}

fn of_report(report: EntryId, role: Role) -> DutyId {
    DutyId(derived(report.0, &format!("safeguarding/{}", role.code())))
}

/// The duty about a child found in a house.
pub fn of_found(school: SchoolId, entry: EntryId) -> DutyId {
    DutyId(derived(school.0, &format!("found/{entry}")))
}

/// The duty about an entry that was kept. One entry may have both: a found child that was kept and taken.
pub fn of_kept(school: SchoolId, entry: EntryId) -> DutyId {
    DutyId(derived(school.0, &format!("quarantined/{entry}")))
}

/// The duty that a settlement ends.
pub fn settled(school: SchoolId, settlement: &Settlement) -> DutyId {
    let of = if settlement.is_of_kept() { of_kept } else { of_found };
    of(school, settlement.of)
}
