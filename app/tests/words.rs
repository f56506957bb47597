//! The words of the app: every key that is used exists, languages say the same things, and no text
//! says what a family, a teacher or a cadre must not read (ux 10).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const FILES: [&str; 4] = ["house", "visit", "village", "desk"];

/// What never stands on the glass: blame, threats, labels for children, talk of technology.
const FORBIDDEN: [&str; 57] = [
    "辍学生",
    "流失生",
    "失踪",
    "差生",
    "后进生",
    "双差",
    "问题学生",
    "学渣",
    "贫困户",
    "留守",
    "厌学",
    "拒不配合",
    "素质低",
    "上传",
    "同步",
    "非法",
    "校验错误",
    "退回整改",
    "不合格",
    "逾期",
    "督办",
    "红牌",
    "审批",
    "签批",
    "举报",
    "责令",
    "承诺书",
    "保证书",
    "罚款",
    "起诉",
    "追究",
    "普法教育",
    "服务器",
    "缓存",
    "队列",
    "网络异常",
    "提交",
    "您没有",
    "必须",
    "违规",
    "强制报告",
    "太棒了",
    "确定",
    "！",
    "暂无数据",
    "亲，",
    "亲～",
    "亲~",
    "数据库",
    "缓冲",
    "异常",
    "失败",
    "OK",
    "错误",
    "报错",
    "一键",
    "大数据",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn flatten(prefix: &str, tree: &Value, into: &mut BTreeMap<String, String>) {
    match tree {
        Value::Object(fields) => {
            for (name, value) in fields {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&key, value, into);
            }
        }
        Value::String(text) => {
            assert!(into.insert(prefix.into(), text.clone()).is_none(), "{prefix} stands twice")
        }
        other => panic!("{prefix}: {other} is no text"),
    }
}

fn texts(language: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for file in FILES {
        let path = folder().join(format!("locales/{language}/{file}.json"));
        let tree = serde_json::from_str(&fs::read_to_string(&path).unwrap());
        flatten("", &tree.unwrap_or_else(|e| panic!("{}: {e}", path.display())), &mut all);
    }
    all
}

fn sources(below: &Path, into: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push((path.clone(), fs::read_to_string(path).unwrap()));
        }
    }
}

/// The keys that a source names in full: `say("…")` and its kin.
fn keys(source: &str) -> BTreeSet<&str> {
    let calls = ["say(\"", "say_with(\"", "say_with(\n"];
    let mut found = BTreeSet::new();
    for call in calls {
        for (at, _) in source.match_indices(call) {
            let rest = source[at + call.len()..].trim_start().trim_start_matches('"');
            if let Some((key, _)) = rest.split_once('"')
                && key.contains('.')
                && !key.contains(['{', '/', ' '])
            {
                found.insert(key);
            }
        }
    }
    found
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_key_that_is_used_exists() {
    let (texts, mut all) = (texts("zh-CN"), Vec::new());
    sources(&folder().join("src"), &mut all);
    let mut missing = Vec::new();
    for (path, source) in &all {
        for key in keys(source) {
            if !texts.contains_key(key) {
                missing.push(format!("{}: {key}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(missing.is_empty(), "no text for {missing:#?}");
}

#[test]
fn languages_say_the_same_things() {
    let (chinese, english) = (texts("zh-CN"), texts("en"));
    let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) = (chinese.keys().collect(), english.keys().collect());
    assert_eq!(ours, theirs, "not in both: {:#?}", ours.symmetric_difference(&theirs).collect::<Vec<_>>());
    for (key, text) in &chinese {
        assert_eq!(placeholders(text), placeholders(&english[key]), "{key}");
    }
}

#[test]
fn nothing_is_said_that_hurts_or_speaks_of_machines() {
    let mut found = Vec::new();
    for (key, text) in texts("zh-CN") {
        for word in FORBIDDEN {
            if text.contains(word) {
                found.push(format!("{key}: {word} in {text}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn states_fit_on_a_line() {
    for (key, text) in texts("zh-CN").iter().filter(|(key, _)| key.starts_with("state.")) {
        let bare: String =
            text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect();
        let first = bare.split(['，', '：', '·', '。']).next().unwrap();
        assert!(first.trim().chars().count() <= 14 && bare.chars().count() <= 28, "{key}: {text}");
    }
}
