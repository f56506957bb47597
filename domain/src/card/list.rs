//! The village's list (村里的单子) on a cadre's phone: cards gathered by knock, however many children
//! a house has, with what was answered on this phone laid on top. Nothing is due in red here and
//! nothing is answered in bulk (ux 6.4).

use super::{Asked, Card, Given};
use crate::actor::{Actor, Role, Scope};
use crate::calendar::local_date;
use crate::confirmation::{CODE_MATCH_DAYS, Confirmation, Proof, Standing};
use crate::entry::Body;
use crate::ids::{EntryId, KnockId, VillageId};
use crate::sync::Replica;
use crate::vocabulary::{CadreRole, ConfirmationResult};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

/// One house the village is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What is asked.
    pub asked: Asked,
    /// The village.
    pub village: VillageId,
    /// Full names with school and class, as the cards name them.
    pub children: Vec<(String, String)>,
    /// 现住址
    pub address: String,
    /// Answered on this phone.
    pub own: Option<Own>,
}

/// An answer given on this phone.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// The entry.
    pub entry: EntryId,
    /// 属实 or not.
    pub result: ConfirmationResult,
    /// The mark of what was shown then.
    pub shown: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A code typed on this phone: what it is about, only the server can tell (way C).
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// Eight digits.
    pub code: String,
    /// 属实 or not.
    pub result: ConfirmationResult,
    /// When.
    pub at: DateTime<Utc>,
}

impl Typed {
    /// Whether the visit should have come by now.
    pub fn is_lost(&self, today: NaiveDate) -> bool {
        (today - local_date(self.at)).num_days() > CODE_MATCH_DAYS
    }
}

/// All of a cadre's phone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// 等您核对, the longest waiting first.
    pub waiting: Vec<Row>,
    /// 老师要来
    pub coming: Vec<Card>,
    /// 已核对, the latest first.
    pub answered: Vec<Row>,
    /// Codes typed here that no visit of the village answers to so far, the latest first.
    pub typed: Vec<Typed>,
    /// 以您的名义核对过的: given by code under the reader's name or post.
    pub in_my_name: Vec<(Row, Given)>,
}

impl Row {
    /// Days the house has been waiting.
    pub fn days_waiting(&self, today: NaiveDate) -> i64 {
        (today - local_date(self.asked.started_at)).num_days().max(0)
    }

    /// Whether the answer given here is about what is asked now.
    pub fn is_answered_here(&self) -> bool {
        self.own.as_ref().is_some_and(|own| own.shown.as_deref().is_none_or(|shown| shown == self.asked.mark))
    }

    /// An answer that somebody of the village gave elsewhere and that is not enough: why this is still asked.
    pub fn weaker_answer(&self) -> Option<&Given> {
        self.asked
            .answers
            .last()
            .filter(|_| self.asked.standing == Standing::Waiting && !self.is_answered_here())
    }

    /// Whether the village is asked: not answered here, and not enough elsewhere.
    pub fn waits(&self) -> bool {
        !self.is_answered_here() && matches!(self.asked.standing, Standing::Waiting | Standing::ChangedAfter)
    }
}

impl List {
    /// What this phone knows, for its reader.
    pub fn of(replica: &Replica, me: &Actor) -> Self {
        let own = own_answers(replica);
        let disputed = disputed(replica);
        let mut list = Self::default();
        let mut rows: BTreeMap<KnockId, Row> = BTreeMap::new();
        for card in replica.caseload.cards.values() {
            let Some(asked) = &card.asked else {
                list.coming.push(card.clone());
                continue;
            };
            let row = rows.entry(asked.knock).or_insert_with(|| Row {
                asked: asked.clone(),
                village: card.village,
                children: Vec::new(),
                address: card.address.clone(),
                own: own.get(&asked.knock).cloned(),
            });
            row.children.push((card.name.clone(), card.class.clone()));
        }
        list.typed = typed(replica);
        list.typed.reverse();
        for row in rows.into_values() {
            let named = row.asked.answers.iter().filter(|given| {
                given.by_code && !disputed.contains(&given.entry) && names(me, row.village, given)
            });
            list.in_my_name.extend(named.map(|given| (row.clone(), given.clone())));
            if row.waits() { list.waiting.push(row) } else { list.answered.push(row) }
        }
        list.waiting.sort_by_key(|row| (row.asked.started_at, row.asked.knock));
        list.answered.sort_by_key(|row| std::cmp::Reverse((row.asked.started_at, row.asked.knock)));
        list.in_my_name.sort_by_key(|(_, given)| std::cmp::Reverse((given.at, given.entry)));
        list
    }
}

/// Confirmations written on this phone that stand, by knock; what the school did not take does not.
pub fn own_answers(replica: &Replica) -> BTreeMap<KnockId, Own> {
    let standing = replica.outbox.iter().filter(|q| !q.progress.is_back());
    let mut answers = BTreeMap::new();
    for queued in standing {
        if let (Body::Confirmation(Confirmation { result, shown, .. }), Some(knock)) =
            (&queued.entry.body, queued.entry.knock)
        {
            let own = Own {
                entry: queued.entry.id,
                result: result.clone(),
                shown: shown.clone(),
                at: queued.entry.recorded_at,
            };
            answers.insert(knock, own);
        }
    }
    answers
}

fn typed(replica: &Replica) -> Vec<Typed> {
    let known = |id: EntryId| {
        let mut asked = replica.caseload.cards.values().filter_map(|card| card.asked.as_ref());
        asked.any(|asked| asked.answers.iter().any(|given| given.entry == id))
    };
    let standing = replica.outbox.iter().filter(|q| !q.progress.is_back());
    let typed = standing.filter_map(|queued| match &queued.entry.body {
        Body::Confirmation(Confirmation { proof: Proof::Code(code), result, .. })
            if !known(queued.entry.id) =>
        {
            Some(Typed { code: code.clone(), result: result.clone(), at: queued.entry.recorded_at })
        }
        _ => None,
    });
    typed.collect()
}

fn disputed(replica: &Replica) -> Vec<EntryId> {
    let disputes = replica.outbox.iter().filter_map(|queued| match &queued.entry.body {
        Body::Dispute(dispute) => Some(dispute.of),
        _ => None,
    });
    disputes.collect()
}

/// What the actor is in a village.
pub fn post_in(me: &Actor, village: VillageId) -> Option<&CadreRole> {
    me.grants
        .iter()
        .find(|grant| grant.role == Role::Cadre && grant.scope == Scope::Village(village))
        .map(|grant| grant.cadre.as_ref().unwrap_or(&CadreRole::Other))
}

/// Whether an answer by code was given under this person's name, or without a name under their post.
fn names(me: &Actor, village: VillageId, given: &Given) -> bool {
    match &given.name {
        Some(name) => {
            !name.is_empty() && (me.name.contains(name.as_str()) || name.contains(me.name.as_str()))
        }
        None => post_in(me, village) == Some(&given.role),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::actor::Grant;
    use crate::confirmation::{Proof, Strength};
    use crate::entry::Subject;
    use crate::ids::{CountyId, UserId, WriterId};
    use crate::sync::NewEntry;
    use crate::sync::Progress;
    use crate::vocabulary::{Outcome, Relation};
    use rstest::rstest;
    use uuid::Uuid;

    const VILLAGE: VillageId = VillageId(Uuid::from_u128(5));

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn cadre() -> Actor {
        Actor {
            user: UserId(Uuid::from_u128(1)),
            county: CountyId(Uuid::from_u128(2)),
            name: "吐尔逊".into(),
            phone: String::new(),
            grants: vec![Grant {
                role: Role::Cadre,
                scope: Scope::Village(VILLAGE),
                cadre: Some(CadreRole::Secretary),
            }],
        }
    }

    fn card(child: u128, knock: Option<u128>, started_at: &str, standing: Standing) -> Card {
        Card {
            id: Uuid::from_u128(child * 100 + knock.unwrap_or_default()),
            village: VILLAGE,
            student: Uuid::from_u128(child).into(),
            name: format!("孩子{child}"),
            class: "示例中学 七年级3班".into(),
            address: "五村7号".into(),
            teacher: "李老师".into(),
            teacher_phone: None,
            absent: true,
            asked: knock.map(|knock| Asked {
                knock: Uuid::from_u128(knock).into(),
                household: "阿依古丽家".into(),
                started_at: at(started_at),
                teacher: "李老师".into(),
                people: 2,
                met: vec![Relation::Student],
                outcome: Outcome::Met,
                mark: "now".into(),
                standing,
                changes: Vec::new(),
                answers: Vec::new(),
            }),
            until: None,
        }
    }

    fn phone(cards: Vec<Card>) -> Replica {
        let mut replica = Replica::new(WriterId(Uuid::from_u128(3)));
        replica.caseload.cards = cards.into_iter().map(|card| (card.id, card)).collect();
        replica
    }

    fn answer(replica: &mut Replica, id: u128, knock: u128, shown: &str) {
        let body = Body::Confirmation(Confirmation {
            result: ConfirmationResult::Confirmed,
            proof: Proof::List,
            shown: Some(shown.into()),
            discrepancies: Vec::new(),
            comment: None,
            role: CadreRole::Secretary,
            name: None,
        });
        let entry = NewEntry {
            id: Uuid::from_u128(id).into(),
            subject: Subject::Village(VILLAGE),
            knock: Some(Uuid::from_u128(knock).into()),
            supersedes: None,
            body,
            label: String::new(),
        };
        replica.record(vec![entry], at("2026-11-21T02:00:00Z")).unwrap();
    }

    #[test]
    fn a_house_is_one_row_and_the_longest_waiting_comes_first() {
        let replica = phone(vec![
            card(1, Some(7), "2026-11-20T09:38:00Z", Standing::Waiting),
            card(2, Some(7), "2026-11-20T09:38:00Z", Standing::Waiting),
            card(3, Some(8), "2026-11-18T09:38:00Z", Standing::Waiting),
            card(4, Some(9), "2026-11-01T09:38:00Z", Standing::Confirmed),
            card(5, None, "", Standing::Waiting),
        ]);
        let list = List::of(&replica, &cadre());
        let waiting: Vec<_> = list.waiting.iter().map(|row| row.children.len()).collect();
        assert_eq!((waiting, list.coming.len(), list.answered.len()), (vec![1, 2], 1, 1));
        assert_eq!(list.waiting.first().unwrap().days_waiting("2026-11-21".parse().unwrap()), 3);
    }

    #[rstest]
    #[case::about_what_is_asked("now", Standing::Waiting, false)]
    #[case::about_what_was_asked_before("before", Standing::ChangedAfter, true)]
    fn what_was_answered_here_waits_no_more(
        #[case] shown: &str,
        #[case] standing: Standing,
        #[case] waits: bool,
    ) {
        let mut replica = phone(vec![card(1, Some(7), "2026-11-20T09:38:00Z", standing)]);
        answer(&mut replica, 50, 7, shown);
        assert_eq!(List::of(&replica, &cadre()).waiting.len() == 1, waits);
    }

    #[test]
    fn a_house_answered_elsewhere_says_why_it_is_still_asked() {
        let mut witnessed = card(1, Some(7), "2026-11-20T09:38:00Z", Standing::Waiting);
        let given = Given {
            entry: Uuid::from_u128(60).into(),
            result: ConfirmationResult::Confirmed,
            role: CadreRole::Secretary,
            name: Some("吐尔逊".into()),
            by_code: true,
            strength: Some(Strength::TeachersPhone),
            at: at("2026-11-20T10:00:00Z"),
        };
        witnessed.asked.as_mut().unwrap().answers.push(given);
        let mut replica = phone(vec![witnessed]);
        let weaker = |replica: &Replica| {
            let list = List::of(replica, &cadre());
            let row = list.waiting.iter().chain(&list.answered).next().cloned();
            row.and_then(|row| row.weaker_answer().and_then(|given| given.strength))
        };
        assert_eq!(weaker(&replica), Some(Strength::TeachersPhone));
        answer(&mut replica, 50, 7, "now");
        assert_eq!(weaker(&replica), None);
    }

    #[test]
    fn what_the_school_did_not_take_waits_again() {
        let mut replica = phone(vec![card(1, Some(7), "2026-11-20T09:38:00Z", Standing::Waiting)]);
        answer(&mut replica, 50, 7, "now");
        replica.outbox.first_mut().unwrap().progress = Progress::Refused { problems: Vec::new() };
        assert_eq!(List::of(&replica, &cadre()).waiting.len(), 1);
    }

    #[test]
    fn a_typed_code_is_listed_until_its_visit_is_known() {
        let mut answered = card(1, Some(7), "2026-11-20T09:38:00Z", Standing::Confirmed);
        let mut replica = phone(Vec::new());
        let body = Body::Confirmation(Confirmation {
            result: ConfirmationResult::Confirmed,
            proof: Proof::Code("56931265".into()),
            shown: None,
            discrepancies: Vec::new(),
            comment: None,
            role: CadreRole::Secretary,
            name: None,
        });
        let id = Uuid::from_u128(60).into();
        let entry = NewEntry {
            id,
            subject: Subject::Village(VILLAGE),
            knock: None,
            supersedes: None,
            body,
            label: String::new(),
        };
        replica.record(vec![entry], at("2026-11-20T10:00:00Z")).unwrap();
        let typed = List::of(&replica, &cadre()).typed;
        let lost: Vec<_> =
            ["2026-11-23", "2026-11-24"].map(|on| typed[0].is_lost(on.parse().unwrap())).into();
        assert_eq!(lost, [false, true]);

        answered.asked.as_mut().unwrap().answers.push(Given {
            entry: id,
            result: ConfirmationResult::Confirmed,
            role: CadreRole::Secretary,
            name: None,
            by_code: false,
            strength: None,
            at: at("2026-11-20T10:00:00Z"),
        });
        replica.caseload.cards.insert(answered.id, answered);
        assert!(List::of(&replica, &cadre()).typed.is_empty());
    }

    #[rstest]
    #[case::by_name(Some("吐尔逊"), CadreRole::Other, true)]
    #[case::by_name_with_title(Some("吐尔逊书记"), CadreRole::Other, true)]
    #[case::somebody_else(Some("热娜"), CadreRole::Secretary, false)]
    #[case::by_post(None, CadreRole::Secretary, true)]
    #[case::other_post(None, CadreRole::Head, false)]
    fn shows_what_was_answered_in_my_name(
        #[case] name: Option<&str>,
        #[case] role: CadreRole,
        #[case] mine: bool,
    ) {
        let mut answered = card(1, Some(7), "2026-11-20T09:38:00Z", Standing::Confirmed);
        answered.asked.as_mut().unwrap().answers.push(Given {
            entry: Uuid::from_u128(60).into(),
            result: ConfirmationResult::Confirmed,
            role,
            name: name.map(str::to_owned),
            by_code: true,
            strength: None,
            at: at("2026-11-20T10:00:00Z"),
        });
        assert_eq!(List::of(&phone(vec![answered]), &cadre()).in_my_name.len() == 1, mine);
    }
}
