//! A little county: two classes of a school, six children, four people.

use chrono::{DateTime, Utc};
use domain::actor::{Actor, Grant, Role, Scope};
use domain::directory::{Class, Directory, School, Village};
use domain::enrolment::Enrolment;
use domain::entry::{Body, Entry, Subject};
use domain::ids::*;
use domain::student::Basics;
use domain::sync::hub::Hub;
use domain::vocabulary::*;
use uuid::Uuid;

pub const STUDENTS: u128 = 6;

pub fn id(space: u128, n: u128) -> Uuid {
    Uuid::from_u128(space << 64 | n)
}

pub fn class(n: u128) -> ClassId {
    ClassId(id(10, n))
}

pub fn student(n: u128) -> StudentId {
    StudentId(id(20, n % STUDENTS))
}

pub fn village(n: u128) -> VillageId {
    VillageId(id(30, n))
}

pub const COUNTY: CountyId = CountyId(Uuid::from_u128(1));
pub const SCHOOL: SchoolId = SchoolId(Uuid::from_u128(2));

pub fn now() -> DateTime<Utc> {
    "2026-11-20T09:38:00Z".parse().unwrap()
}

pub fn actor(n: u128, grants: &[(Role, Scope)]) -> Actor {
    Actor {
        user: UserId(id(40, n)),
        county: COUNTY,
        name: format!("用户{n}"),
        phone: String::new(),
        grants: grants
            .iter()
            .map(|(role, scope)| Grant { role: *role, scope: *scope, cadre: None })
            .collect(),
    }
}

pub fn people() -> [Actor; 4] {
    [
        actor(0, &[(Role::ClassTeacher, Scope::Class(class(0)))]),
        actor(1, &[(Role::ClassTeacher, Scope::Class(class(1)))]),
        actor(2, &[(Role::Cadre, Scope::Village(village(0)))]),
        actor(3, &[(Role::Office, Scope::School(SCHOOL))]),
    ]
}

pub fn hub() -> Hub {
    let directory = Directory {
        schools: vec![School {
            id: SCHOOL,
            name: "示例中学".into(),
            kind: SchoolKind::Junior,
            phone: String::new(),
        }],
        classes: (0..2)
            .map(|n| Class {
                id: class(n),
                school: SCHOOL,
                stage: Stage::Junior,
                entry_year: 2026,
                number: n as u16 + 1,
            })
            .collect(),
        villages: (0..2)
            .map(|n| Village {
                id: village(n),
                code: format!("99010100120{}", n + 1),
                name: format!("{n}村"),
                township: TownshipId(Uuid::from_u128(3)),
                township_name: "示例镇".into(),
            })
            .collect(),
        ..Directory::default()
    };
    let mut hub = Hub::new(COUNTY, directory);
    hub.page = 4;
    for person in people() {
        hub.set_actor(person);
    }
    let [_, _, _, office] = people();
    for n in 0..STUDENTS {
        let basics = Basics {
            name: format!("孩子{n}"),
            gender: Gender::Female,
            birth_date: None,
            ethnicity: None,
            school: SCHOOL,
            class: class(n % 2),
            class_no: None,
            roll_no: None,
            village: Some(village(n % 2)),
            address: String::new(),
            phone: None,
            boarding: false,
            left_behind: None,
            guardians: vec![],
            household: None,
        };
        let enrolment = Enrolment {
            status: EnrolmentStatus::Active,
            since: "2026-09-01".parse().unwrap(),
            basics: Some(basics),
        };
        let entry = Entry {
            id: EntryId(id(50, n)),
            subject: Subject::Student(student(n)),
            knock: None,
            recorded_at: now(),
            writer: WriterId(id(60, 0)),
            seq: n as u64 + 1,
            supersedes: None,
            body: Body::Enrolment(enrolment),
        };
        hub.store(&office, &entry, now());
    }
    hub
}
