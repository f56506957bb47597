//! Who may write or read which kind about whom: the matrix of domain 5.15 as one table. The server
//! asks `may` before every write and read; the same table fills the rows behind row level security.
//! A role sees an entry whole or not at all, so kinds with a narrower audience are kinds of their own.

use crate::actor::{Actor, Role, Scope};
use crate::confirmation::Proof;
use crate::entry::{Body, Kind};
use crate::ids::{CountyId, UserId};
use crate::vocabulary::VisitKind;
use uuid::Uuid;

/// What a right is about: mostly a kind of entry; a kind with two audiences has two facets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Facet {
    /// A student's basics and where they stand.
    Student,
    /// The telephone numbers of a student and the guardians, which fewer need than the child's name.
    Phones,
    /// An entry of a kind with one audience.
    Of(Kind),
    /// 敲门行动: the visits that township and county may read while a matter is open.
    DoorKnock,
    /// An answer of the village that a teacher wrote down (ways E and F).
    Witnessed,
}

impl Facet {
    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Student => "STUDENT",
            Self::Phones => "PHONES",
            Self::Of(kind) => kind.code(),
            Self::DoorKnock => "DOOR_KNOCK",
            Self::Witnessed => "WITNESSED",
        }
    }

    /// The facet of what an entry says; `None` for a kind this version does not know.
    pub fn of(body: &Body) -> Option<Self> {
        Some(match body {
            Body::Visit(visit) => Self::of_visit(&visit.kind),
            Body::Confirmation(c) if matches!(c.proof, Proof::TeachersPhone | Proof::Paper) => {
                Self::Witnessed
            }
            body => Self::Of(body.kind()?),
        })
    }

    /// The facet of a visit of that kind.
    pub fn of_visit(kind: &VisitKind) -> Self {
        if *kind == VisitKind::DoorKnock { Self::DoorKnock } else { Self::Of(Kind::Visit) }
    }
}

/// Who may read, by how they stand to the subject. Everybody reads what they wrote themselves,
/// where `Own` or more is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Not at all.
    No,
    /// What they wrote.
    Own,
    /// Of subjects in their place while a matter is open.
    Open,
    /// Of all subjects in their place.
    Place,
}

/// Who may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Not at all.
    No,
    /// About subjects in their place.
    Place,
    /// About any subject of the county: a door is where it is.
    County,
}

/// A cell of the matrix.
pub type Cell = (Read, Write);

const NO: Cell = (Read::No, Write::No);
const R: Cell = (Read::Place, Write::No);
const RW: Cell = (Read::Place, Write::Place);
const R_OWN: Cell = (Read::Own, Write::No);
const OWN: Cell = (Read::Own, Write::Place);
const OWN_COUNTY: Cell = (Read::Own, Write::County);
const R_COUNTY: Cell = (Read::Place, Write::County);
const OPEN: Cell = (Read::Open, Write::No);

/// One row a facet, columns in the order of `Role::ALL`: 科任 班主任 年级 教导处 校长 村 乡镇 县 管理员 心理 指定人.
/// Source: domain 5.15 unless a row says otherwise.
#[rustfmt::skip]
pub const MATRIX: &[(Facet, [Cell; 11])] = &[
    //                                     科任        班主任      年级        教导处      校长      村   乡镇  县    管理 心理        指定
    // 心理: "R referred". A referral (转介) is not written yet, and until it is nobody is referred.
    (Facet::Student,                      [R,          R,          R,          R,          R,        NO,  OPEN, OPEN, NO, NO,         NO]),
    // Own: of children whom the reader went to.
    (Facet::Phones,                       [R_OWN,      R,          R,          R,          R,        NO,  OPEN, NO,   NO, NO,         NO]),
    (Facet::Of(Kind::Enrolment),          [NO,         R,          R,          RW,         R,        NO,  NO,   NO,   NO, NO,         NO]),
    (Facet::Of(Kind::Listing),            [NO,         R,          R,          RW,         R,        NO,  NO,   NO,   NO, NO,         NO]),
    (Facet::Of(Kind::Register),           [NO,         RW,         R,          RW,         R,        NO,  NO,   NO,   NO, NO,         NO]),
    (Facet::Of(Kind::HouseholdDoubt),     [NO,         RW,         NO,         R,          NO,       NO,  NO,   NO,   NO, NO,         NO]),
    (Facet::Of(Kind::Absence),            [OWN,        RW,         R,          RW,         R,        NO,  OPEN, NO,   NO, NO,         NO]),
    (Facet::Of(Kind::Return),             [NO,         RW,         R,          RW,         R,        NO,  OPEN, NO,   NO, NO,         NO]),
    (Facet::Of(Kind::Visit),              [OWN,        RW,         R,          R,          R,        NO,  NO,   NO,   NO, OWN,        NO]),
    (Facet::DoorKnock,                    [OWN,        RW,         R,          R,          R,        NO,  OPEN, OPEN, NO, OWN,        NO]),
    (Facet::Of(Kind::Supplement),         [OWN,        RW,         R,          R,          R,        NO,  NO,   NO,   NO, OWN,        NO]),
    (Facet::Of(Kind::Withdrawal),         [OWN,        RW,         R,          RW,         R,        NO,  NO,   NO,   NO, OWN,        NO]),
    // ux 5.6: written by whoever stands at the door, read by the child's own people.
    (Facet::Of(Kind::Sighting),           [OWN_COUNTY, R_COUNTY,   NO,         R,          NO,       NO,  NO,   NO,   NO, OWN_COUNTY, NO]),
    (Facet::Of(Kind::SightingAnswer),     [NO,         RW,         NO,         R,          NO,       NO,  NO,   NO,   NO, NO,         NO]),
    (Facet::Of(Kind::FoundChild),         [OWN_COUNTY, OWN_COUNTY, NO,         RW,         R,        NO,  NO,   NO,   NO, OWN_COUNTY, NO]),
    // 未保法11, ux 1.9: its author, the headteacher and the designated person; nobody else, in any form.
    (Facet::Of(Kind::SafeguardingReport), [OWN_COUNTY, OWN_COUNTY, OWN_COUNTY, OWN_COUNTY, R_COUNTY, OWN, NO,   NO,   NO, OWN_COUNTY, R]),
    // Those who owe it; to anybody else, its author included, it would tell what became of a family.
    (Facet::Of(Kind::SafeguardingHandled),[NO,         NO,         NO,         NO,         RW,       NO,  NO,   NO,   NO, NO,         RW]),
    (Facet::Of(Kind::Review),             [NO,         R,          R,          RW,         R,        NO,  NO,   NO,   NO, NO,         NO]),
    (Facet::Of(Kind::Settlement),         [NO,         NO,         NO,         RW,         R,        NO,  NO,   NO,   NO, NO,         NO]),
    // What the village says comes to others as the answer beside the visit, not as this entry.
    (Facet::Of(Kind::Confirmation),       [NO,         NO,         NO,         NO,         NO,       OWN, NO,   NO,   NO, NO,         NO]),
    (Facet::Witnessed,                    [OWN_COUNTY, OWN_COUNTY, NO,         NO,         NO,       NO,  NO,   NO,   NO, OWN_COUNTY, NO]),
    (Facet::Of(Kind::Dispute),            [NO,         NO,         NO,         NO,         NO,       OWN, NO,   NO,   NO, NO,         NO]),
    // A word about a child is read as a line beside the child's file, like a visit; the cadre's entry stays his.
    (Facet::Of(Kind::VillageNote),        [NO,         R,          R,          R,          R,        OWN, NO,   NO,   NO, NO,         NO]),
];

/// What a role may with a facet.
pub fn cell(facet: Facet, role: Role) -> Cell {
    MATRIX
        .iter()
        .find(|(row, _)| *row == facet)
        .and_then(|(_, cells)| cells.get(Role::ALL.iter().position(|r| *r == role)?))
        .copied()
        .unwrap_or(NO)
}

/// Where the subject of an entry is at home.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The county.
    pub county: Option<CountyId>,
    /// Keys of the scopes that cover the subject: class, grade, school, village, township, persons
    /// it is named to.
    pub scopes: Vec<Uuid>,
    /// A matter is open: somebody is missing or a door-knock is waiting for the village.
    pub open: bool,
}

impl Place {
    fn is_covered_by(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope.key())
            || matches!((scope, self.county), (Scope::County(c), Some(county)) if c == county)
    }
}

/// Whether the actor may write this facet about that subject.
pub fn may_write(actor: &Actor, facet: Facet, place: &Place) -> bool {
    place.county == Some(actor.county)
        && actor.grants.iter().any(|grant| match cell(facet, grant.role).1 {
            Write::No => false,
            Write::County => true,
            Write::Place => place.is_covered_by(grant.scope),
        })
}

/// Whether the actor may read this facet about that subject, written by `author`.
pub fn may_read(actor: &Actor, facet: Facet, place: &Place, author: Option<UserId>) -> bool {
    place.county == Some(actor.county)
        && actor.grants.iter().any(|grant| {
            let own = author == Some(actor.user);
            match cell(facet, grant.role).0 {
                Read::No => false,
                Read::Own => own,
                Read::Open => own || place.open && place.is_covered_by(grant.scope),
                Read::Place => own || place.is_covered_by(grant.scope),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Grant;
    use crate::ids::{ClassId, SchoolId, TownshipId, VillageId};
    use rstest::rstest;

    const fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn actor(role: Role, scope: Scope) -> Actor {
        Actor {
            user: UserId(id(1)),
            county: CountyId(id(2)),
            name: String::new(),
            phone: String::new(),
            grants: vec![Grant { role, scope, cadre: None }],
        }
    }

    fn place(open: bool) -> Place {
        Place { county: Some(CountyId(id(2))), scopes: vec![id(10), id(11), id(12), id(13)], open }
    }

    const CLASS: Scope = Scope::Class(ClassId(Uuid::from_u128(10)));
    const SCHOOL: Scope = Scope::School(SchoolId(Uuid::from_u128(11)));
    const VILLAGE: Scope = Scope::Village(VillageId(Uuid::from_u128(12)));
    const TOWN: Scope = Scope::Township(TownshipId(Uuid::from_u128(13)));
    const COUNTY: Scope = Scope::County(CountyId(Uuid::from_u128(2)));
    const ELSEWHERE: Scope = Scope::Class(ClassId(Uuid::from_u128(99)));

    #[rstest]
    #[case::own_class(Role::ClassTeacher, CLASS, Facet::DoorKnock, true)]
    #[case::other_class(Role::ClassTeacher, ELSEWHERE, Facet::DoorKnock, false)]
    #[case::office_reads_only(Role::Office, SCHOOL, Facet::DoorKnock, false)]
    #[case::office_reviews(Role::Office, SCHOOL, Facet::Of(Kind::Review), true)]
    #[case::teacher_does_not_review(Role::ClassTeacher, CLASS, Facet::Of(Kind::Review), false)]
    #[case::cadre_confirms(Role::Cadre, VILLAGE, Facet::Of(Kind::Confirmation), true)]
    #[case::teacher_cannot_confirm_as_the_village(
        Role::ClassTeacher,
        CLASS,
        Facet::Of(Kind::Confirmation),
        false
    )]
    #[case::teacher_witnesses(Role::ClassTeacher, CLASS, Facet::Witnessed, true)]
    #[case::sighting_of_any_child(Role::ClassTeacher, ELSEWHERE, Facet::Of(Kind::Sighting), true)]
    #[case::admin_writes_nothing(Role::Admin, SCHOOL, Facet::Of(Kind::Absence), false)]
    fn writes(#[case] role: Role, #[case] scope: Scope, #[case] facet: Facet, #[case] expect: bool) {
        assert_eq!(may_write(&actor(role, scope), facet, &place(true)), expect);
    }

    #[rstest]
    #[case::cadre_reads_no_child(Role::Cadre, VILLAGE, Facet::Student, None, true, false)]
    #[case::township_reads_open(Role::Township, TOWN, Facet::DoorKnock, None, true, true)]
    #[case::township_not_closed(Role::Township, TOWN, Facet::DoorKnock, None, false, false)]
    #[case::township_no_home_visit(Role::Township, TOWN, Facet::Of(Kind::Visit), None, true, false)]
    #[case::counsellor_reads_nobody_unreferred(Role::Counsellor, SCHOOL, Facet::Student, None, true, false)]
    #[case::counsellor_no_absences(Role::Counsellor, SCHOOL, Facet::Of(Kind::Absence), None, true, false)]
    #[case::county_reads_open(Role::County, COUNTY, Facet::Student, None, true, true)]
    #[case::county_calls_nobody(Role::County, COUNTY, Facet::Phones, None, true, false)]
    #[case::township_calls_open(Role::Township, TOWN, Facet::Phones, None, true, true)]
    #[case::subject_teacher_calls_where_they_went(
        Role::SubjectTeacher,
        CLASS,
        Facet::Phones,
        Some(1),
        true,
        true
    )]
    #[case::subject_teacher_calls_no_others(Role::SubjectTeacher, CLASS, Facet::Phones, None, true, false)]
    #[case::subject_teacher_own(Role::SubjectTeacher, CLASS, Facet::DoorKnock, Some(1), true, true)]
    #[case::subject_teacher_not_others(Role::SubjectTeacher, CLASS, Facet::DoorKnock, Some(7), true, false)]
    #[case::sighting_back_to_its_author(
        Role::ClassTeacher,
        ELSEWHERE,
        Facet::Of(Kind::Sighting),
        Some(1),
        true,
        true
    )]
    #[case::sighting_not_to_strangers(
        Role::ClassTeacher,
        ELSEWHERE,
        Facet::Of(Kind::Sighting),
        Some(7),
        true,
        false
    )]
    #[case::report_to_principal(
        Role::Principal,
        SCHOOL,
        Facet::Of(Kind::SafeguardingReport),
        Some(7),
        true,
        true
    )]
    #[case::report_not_to_office(
        Role::Office,
        SCHOOL,
        Facet::Of(Kind::SafeguardingReport),
        Some(7),
        true,
        false
    )]
    #[case::report_not_to_class_teacher(
        Role::ClassTeacher,
        CLASS,
        Facet::Of(Kind::SafeguardingReport),
        Some(7),
        true,
        false
    )]
    fn reads(
        #[case] role: Role,
        #[case] scope: Scope,
        #[case] facet: Facet,
        #[case] author: Option<u128>,
        #[case] open: bool,
        #[case] expect: bool,
    ) {
        let author = author.map(|n| UserId(id(n)));
        assert_eq!(may_read(&actor(role, scope), facet, &place(open), author), expect);
    }

    #[test]
    fn every_kind_has_its_row_and_nobody_crosses_counties() {
        for kind in Kind::ALL {
            assert!(MATRIX.iter().any(|(facet, _)| *facet == Facet::Of(*kind)), "{kind:?}");
        }
        let mut abroad = place(true);
        abroad.county = Some(CountyId(id(3)));
        assert!(!may_read(&actor(Role::Principal, SCHOOL), Facet::Student, &abroad, None));
        assert!(!may_write(&actor(Role::ClassTeacher, CLASS), Facet::Of(Kind::Sighting), &abroad));
    }
}
