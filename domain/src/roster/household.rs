//! Households that rosters suggest: an equal guardian, by id number or by name and telephone number
//! together. Never an address: in a real roster 60 % of the children share theirs with a stranger.

use crate::ids::HouseholdId;
use std::collections::BTreeMap;

/// A child with what its guardians are known by.
#[derive(Clone, Debug, Default)]
pub struct Member {
    /// One id for each way a guardian can be equal: the same guardian gives the same id.
    pub keys: Vec<HouseholdId>,
    /// The household the child is already in.
    pub held: Option<HouseholdId>,
}

/// More children than this share no house but somebody's telephone: the teacher's, the village's.
const LARGEST: usize = 6;

/// The household of each, and how many children share a guardian with them if they are too many.
pub fn link(members: &[Member]) -> Vec<(Option<HouseholdId>, usize)> {
    let mut shared: BTreeMap<HouseholdId, Vec<usize>> = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        for key in &member.keys {
            let among = shared.entry(*key).or_default();
            if among.last() != Some(&at) {
                among.push(at);
            }
        }
    }
    let mut house: Vec<usize> = (0..members.len()).collect();
    let mut crowd = vec![0; members.len()];
    for among in shared.values().filter(|among| among.len() > 1) {
        if among.len() > LARGEST {
            for at in among {
                if let Some(most) = crowd.get_mut(*at) {
                    *most = among.len().max(*most);
                }
            }
            continue;
        }
        let houses: Vec<usize> = among.iter().filter_map(|at| house.get(*at).copied()).collect();
        let first = houses.iter().copied().min().unwrap_or_default();
        for at in house.iter_mut().filter(|at| houses.contains(at)) {
            *at = first;
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, root) in house.iter().enumerate() {
        groups.entry(*root).or_default().push(at);
    }
    let mut named = vec![None; members.len()];
    for group in groups.values().filter(|group| group.len() > 1) {
        let of = |at: &usize| members.get(*at);
        let held = group.iter().filter_map(of).filter_map(|m| m.held).min();
        let keys = group.iter().filter_map(of).flat_map(|m| &m.keys);
        let common = keys.filter(|key| shared.get(*key).is_some_and(|among| among.len() > 1)).min();
        for at in group {
            if let Some(name) = named.get_mut(*at) {
                *name = held.or(common.copied());
            }
        }
    }
    named.into_iter().zip(crowd).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(n: u128) -> HouseholdId {
        HouseholdId(Uuid::from_u128(n))
    }

    fn member(keys: &[u128], held: Option<u128>) -> Member {
        Member { keys: keys.iter().map(|n| id(*n)).collect(), held: held.map(id) }
    }

    fn houses(members: &[Member]) -> Vec<Option<HouseholdId>> {
        link(members).into_iter().map(|(house, _)| house).collect()
    }

    #[test]
    fn one_guardian_in_common_makes_a_house() {
        let house = Some(id(7));
        assert_eq!(
            houses(&[member(&[5, 7], None), member(&[7, 9], None), member(&[8], None)]),
            [house, house, None]
        );
    }

    #[test]
    fn houses_join_over_a_child_of_both_and_keep_a_name_they_have() {
        let three = [member(&[5, 7], None), member(&[7, 9], None), member(&[9], Some(30))];
        assert_eq!(houses(&three), [Some(id(30)); 3]);
    }

    #[test]
    fn a_telephone_of_half_the_village_is_no_house() {
        let many: Vec<_> = (0..7).map(|n| member(&[1, 100 + n], None)).collect();
        assert!(link(&many).iter().all(|(house, crowd)| house.is_none() && *crowd == 7));
    }

    #[test]
    fn naming_the_same_guardian_twice_is_no_second_child() {
        assert_eq!(houses(&[member(&[4, 4], None)]), [None]);
    }
}
