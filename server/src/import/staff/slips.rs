//! 账号条: what each new person is handed, eight to a sheet of A4. The only place a one-time password is
//! ever written, by whoever asks for it.

use super::Slip;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use std::fmt::Write as _;

const HEAD: &str = r#"<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>账号条</title><style>
@page { size: A4; margin: 10mm }
body { margin: 0; font: 12pt/1.5 "Noto Sans CJK SC", sans-serif; display: grid; grid-template-columns: 1fr 1fr }
article { box-sizing: border-box; block-size: 68mm; padding: 6mm; border: 1px dashed #999; break-inside: avoid }
h2 { margin: 0; font-size: 14pt } p { margin: 0 } b { font: 600 15pt/1.4 monospace } ol { margin: 2mm 0 0; padding-inline-start: 5mm; font-size: 10pt }
svg { float: inline-end; inline-size: 24mm; block-size: 24mm }
</style></head><body>
"#;

/// A page to print.
pub fn page(slips: &[Slip], address: Option<&str>) -> String {
    let mut page = HEAD.to_owned();
    let code = address.and_then(|address| QRBuilder::new(address).build().ok());
    let code = code.map(|code| SvgBuilder::default().to_str(&code)).unwrap_or_default();
    for slip in slips {
        let open = match address {
            Some(address) => format!("用手机浏览器打开 {}", escaped(address)),
            None => "用手机浏览器打开学校给的网址".to_owned(),
        };
        // Writing into a String cannot fail.
        let _ = writeln!(
            page,
            "<article>{code}<h2>{}</h2><p>{}</p><p>手机号 <b>{}</b></p><p>一次性密码 <b>{}</b></p>\
             <ol><li>{open}</li><li>用手机号和一次性密码登录，改成自己的密码（14 天内）</li>\
             <li>浏览器菜单里点“添加到主屏幕”，放到桌面</li></ol></article>",
            escaped(&slip.name),
            escaped(&slip.posts),
            escaped(&slip.phone),
            escaped(&slip.password),
        );
    }
    page.push_str("</body></html>\n");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_text_and_nothing_else() {
        let slip = Slip {
            name: "<script>".into(),
            phone: "14400040001".into(),
            password: "7k4m-2p9q".into(),
            posts: "班主任".into(),
        };
        let page = page(&[slip], Some("https://example.edu.cn"));
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
        assert!(page.contains("7k4m-2p9q") && page.contains("https://example.edu.cn"));
        assert_eq!(page.matches("<svg").count(), 1);
    }
}
