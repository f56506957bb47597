//! Three invented children of the small county, and what is written about them.

use crate::common::{
    OFFICE, TestApp, class, county, other_class, other_school, primary_class, school, user, village,
};
use crate::phone::{Phone, now};
use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::absence::Absence;
use domain::calendar::local_date;
use domain::confirmation::{Confirmation, Proof, Seal, Secret};
use domain::enrolment::Enrolment;
use domain::entry::{Body, Subject};
use domain::ids::{ClassId, HouseholdId, SchoolId, StudentId, derived};
use domain::student::{Basics, Guardian};
use domain::visit::{Met, Participant, Visit};
use domain::vocabulary::{
    CadreRole, ConfirmationResult, EnrolmentStatus, Gender, Outcome, Purpose, Relation, Side, VisitKind,
};

/// 阿依古丽·艾力甲 of 七年级3班 and 五村
pub fn girl() -> StudentId {
    StudentId(derived(county().0, "student/1"))
}

/// 袁小军 of 七年级3班 and 五村
pub fn boy() -> StudentId {
    StudentId(derived(county().0, "student/2"))
}

/// A child of 七年级4班
pub fn other() -> StudentId {
    StudentId(derived(county().0, "student/3"))
}

/// 买买提·艾力甲 of the primary school, the girl's brother
pub fn brother() -> StudentId {
    StudentId(derived(county().0, "student/4"))
}

pub fn basics(name: &str, school: SchoolId, class: ClassId) -> Basics {
    let phone = if name == "阿依古丽·艾力甲" { "14400000077" } else { "14400000070" };
    Basics {
        name: name.into(),
        gender: Gender::Female,
        birth_date: None,
        ethnicity: None,
        school,
        class,
        class_no: None,
        roll_no: None,
        village: Some(village()),
        address: "示例镇五村7号".into(),
        phone: Some(phone.into()),
        boarding: false,
        left_behind: None,
        guardians: vec![Guardian {
            name: "艾力甲·示例".into(),
            relation: Relation::Father,
            phone: Some(phone.into()),
            away: None,
            legal: true,
        }],
        household: name.ends_with("艾力甲").then(|| HouseholdId(derived(county().0, "household/1"))),
    }
}

pub fn enrolment(basics: Basics) -> Body {
    Body::Enrolment(Enrolment {
        status: EnrolmentStatus::Active,
        since: NaiveDate::from_ymd_opt(2026, 9, 1).unwrap(),
        basics: Some(basics),
    })
}

/// Enrols all four, through the offices of both schools.
pub async fn enrol(app: &TestApp) {
    let mut office = Phone::of(app, OFFICE).await;
    for (id, name, class) in
        [(girl(), "阿依古丽·艾力甲", class()), (boy(), "袁小军", class()), (other(), "丁示例", other_class())]
    {
        office.write(Subject::Student(id), enrolment(basics(name, school(), class)));
    }
    office.sync().await;
    assert!(office.replica.refused().next().is_none());
    let brother_basics = basics("买买提·艾力甲", other_school(), primary_class());
    // The primary school's roster comes in by import: as its office.
    crate::imported::write(app, vec![(brother(), enrolment(brother_basics))]).await;
}

pub fn absence(days_ago: u64) -> Body {
    Body::Absence(Absence { first_absent_on: local_date(now()) - Days::new(days_ago) })
}

pub fn secret() -> Secret {
    Secret([7, 1, 2, 3, 4, 5, 6, 7])
}

/// A door-knock where the grandmother was met.
pub fn knock_on_door(author: &str, at: DateTime<Utc>) -> Visit {
    Visit {
        kind: VisitKind::DoorKnock,
        purposes: vec![Purpose::Absence, Purpose::Persuade],
        planned_on: None,
        started_at: at,
        ended_at: None,
        household: "阿依古丽家".into(),
        village: village(),
        participants: vec![Participant {
            user: Some(user(author)),
            name: "李老师".into(),
            side: Side::School,
        }],
        no_village: None,
        met: vec![Met { relation: Relation::PaternalGrandparent, called: None, guardian: None }],
        calls: Vec::new(),
        outcome: Outcome::Met,
        left_note: false,
        asked_neighbour: false,
        language: None,
        interpreter: None,
        whereabouts: None,
        causes: Vec::new(),
        student_attitude: None,
        guardian_attitude: None,
        explained_rules: false,
        commitments: Vec::new(),
        next_follow_up_on: None,
        remark: Some("奶奶说明天送来".into()),
        difficulties: Vec::new(),
        signature: None,
        seal: Some(Seal::of(&secret())),
    }
}

/// A routine visit, about which the village is not asked.
pub fn home_visit(author: &str, at: DateTime<Utc>) -> Visit {
    Visit {
        kind: VisitKind::HomeVisit,
        purposes: vec![Purpose::Routine],
        seal: None,
        ..knock_on_door(author, at)
    }
}

pub fn confirmation(proof: Proof, shown: Option<String>) -> Confirmation {
    Confirmation {
        result: ConfirmationResult::Confirmed,
        proof,
        shown,
        discrepancies: Vec::new(),
        comment: None,
        role: CadreRole::Secretary,
        name: None,
    }
}

pub fn by_secret() -> Proof {
    Proof::Secret(domain::hex(&secret().0))
}
