//! The files of a language in one: what the pages fetch when it is chosen.

use anyhow::{Result, bail};
use serde_json::Value;
use serde_json::map::{Entry, Map};

/// Puts the texts of one more file beside those of the others. Files share groups (`go`, `problem`); a
/// text that stands in two of them is a mistake.
pub(crate) fn put_beside(all: &mut Map<String, Value>, more: Map<String, Value>) -> Result<()> {
    for (name, value) in more {
        match (all.entry(name), value) {
            (Entry::Vacant(free), value) => {
                free.insert(value);
            }
            (Entry::Occupied(mut group), Value::Object(more)) if group.get().is_object() => {
                let Value::Object(texts) = group.get_mut() else { continue };
                put_beside(texts, more)?;
            }
            (Entry::Occupied(twice), _) => bail!("{:?} stands in two files", twice.key()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn beside(files: [Value; 2]) -> Result<Value> {
        let mut all = Map::new();
        for file in files {
            let Value::Object(file) = file else { bail!("no group") };
            put_beside(&mut all, file)?;
        }
        Ok(Value::Object(all))
    }

    #[test]
    fn a_group_of_two_files_keeps_the_texts_of_both() -> Result<()> {
        let house = json!({"go": {"back": "Back"}, "app": {"name": "Qiaomen"}});
        let visit = json!({"go": {"knock": "Knock"}});
        let all = beside([house, visit])?;
        assert_eq!(all, json!({"go": {"back": "Back", "knock": "Knock"}, "app": {"name": "Qiaomen"}}));
        Ok(())
    }

    #[test]
    fn a_text_of_two_files_is_a_mistake() {
        let twice = beside([json!({"go": {"back": "Back"}}), json!({"go": {"back": "Return"}})]);
        assert!(twice.is_err_and(|why| why.to_string().contains("back")));
    }
}
