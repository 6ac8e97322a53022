//! Whole walks over archives that are made here, by other crates' writers and, where those refuse, byte by byte.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write};

use ::zip::write::{SimpleFileOptions, ZipWriter};
use proptest::prelude::*;

use super::*;

/// Keeps what it is given.
#[derive(Default)]
struct Collector {
    members: Vec<(String, Vec<u8>)>,
    notices: Vec<Notice>,
    /// How much of each member to read.
    most: Option<u64>,
    /// Bytes read, kept or not.
    bytes: u64,
    /// Whether to keep contents; off for bombs.
    forget: bool,
    /// What is in no member, with its offset.
    outside: Vec<(u64, Vec<u8>)>,
    /// The first position that each of these was given.
    positions: Vec<Position>,
    /// Comments, with what they are about.
    comments: Vec<(String, Vec<u8>)>,
}

impl Visitor for Collector {
    fn member(&mut self, artifact: &Artifact, content: &mut dyn Read) -> io::Result<()> {
        let mut kept = Vec::new();
        let mut content = content.take(self.most.unwrap_or(u64::MAX));
        let outcome = if self.forget {
            io::copy(&mut content, &mut io::sink())
        } else {
            content.read_to_end(&mut kept).map(|read| read as u64)
        };
        self.bytes += outcome.as_ref().copied().unwrap_or(kept.len() as u64);
        self.members.push((artifact.to_string(), kept));
        outcome.map(|_| ())
    }

    fn outside(
        &mut self,
        _: &Artifact,
        at: u64,
        position: Option<Position>,
        content: &mut dyn Read,
    ) -> io::Result<bool> {
        let Some(position) = position else { return Ok(true) };
        let mut kept = Vec::new();
        content.read_to_end(&mut kept)?;
        self.outside.push((at, kept));
        self.positions.push(position);
        Ok(false)
    }

    fn comment(&mut self, artifact: &Artifact, text: &[u8]) {
        self.comments.push((artifact.to_string(), text.to_vec()));
    }

    fn notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }
}

impl Collector {
    fn names(&self) -> Vec<&str> {
        self.members.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn content(&self, name: &str) -> &[u8] {
        &self.members.iter().find(|(found, _)| found == name).unwrap().1
    }

    /// The notices as `artifact: kind: message`.
    fn said(&self) -> Vec<String> {
        self.notices
            .iter()
            .map(|n| format!("{}: {}: {}", n.artifact.as_ref().unwrap(), n.kind.as_str(), n.message))
            .collect()
    }
}

fn run_with(name: &str, bytes: &[u8], limits: &Limits, mut visitor: Collector) -> Collector {
    let kind = recognise(&bytes[..bytes.len().min(HEAD_BYTES)]).unwrap();
    walk(kind, &Artifact::file(name), Start::OF_FILE, &mut Cursor::new(bytes), limits, &mut visitor);
    visitor
}

fn run(name: &str, bytes: &[u8]) -> Collector {
    run_with(name, bytes, &Limits::default(), Collector::default())
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_header(name: &str, kind: ::tar::EntryType, size: u64) -> ::tar::Header {
    let mut header = ::tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, content) in members {
        let header = tar_header(name, ::tar::EntryType::Regular, content.len() as u64);
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(bytes, 1).unwrap()
}

fn xz_with(bytes: &[u8], window: u32) -> Vec<u8> {
    let mut options = lzma_rust2::XzOptions::with_preset(1);
    options.lzma_options.dict_size = window;
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    xz_with(bytes, 1 << 20)
}

/// Bytes that do not compress (Marsaglia's xorshift).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491u32;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    })
    .take(length)
    .collect()
}

type Compressor = fn(&[u8]) -> Vec<u8>;
const STREAMS: [(&str, Compressor); 4] = [("gz", gzip), ("bz2", bzip2), ("zst", zstd), ("xz", xz)];

/// A member of a zip made byte by byte.
#[derive(Clone, Default)]
struct Raw<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    crc: u32,
    size: u32,
    /// As it stands in the archive.
    packed: Vec<u8>,
}

impl<'a> Raw<'a> {
    fn stored(name: &'a [u8], content: &[u8]) -> Self {
        let (crc, size) = (crc32fast::hash(content), content.len() as u32);
        Raw { name, crc, size, packed: content.to_vec(), ..Raw::default() }
    }

    fn fields(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        fields.extend(20u16.to_le_bytes());
        for field in [self.flags, self.method, 0, 0x21] {
            fields.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.packed.len() as u32, self.size] {
            fields.extend(field.to_le_bytes());
        }
        fields.extend((self.name.len() as u16).to_le_bytes());
        fields.extend(0u16.to_le_bytes());
        fields
    }
}

/// `at` overrides where the directory says that each member's header is.
fn raw_zip_at(members: &[Raw<'_>], at: Option<u32>, count: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut starts = Vec::new();
    for member in members {
        starts.push(out.len() as u32);
        out.extend(b"PK\x03\x04");
        out.extend(member.fields());
        out.extend(member.name);
        out.extend(&member.packed);
    }
    let directory = out.len() as u32;
    for index in 0..count {
        let index = index % members.len();
        out.extend(b"PK\x01\x02\x14\x00");
        out.extend(members[index].fields());
        out.extend([0; 10]);
        out.extend(at.unwrap_or(starts[index]).to_le_bytes());
        out.extend(members[index].name);
    }
    let length = out.len() as u32 - directory;
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((count as u16).to_le_bytes());
    out.extend((count as u16).to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn raw_zip(members: &[Raw<'_>]) -> Vec<u8> {
    raw_zip_at(members, None, members.len())
}

#[test]
fn kinds_are_recognised_by_content() {
    let text = b"some text".as_slice();
    assert_eq!(recognise(&zip_of(&[("a", text)])), Some(Kind::Zip));
    assert_eq!(recognise(&zip_of(&[])), Some(Kind::Zip));
    assert_eq!(recognise(&[b"#!/usr/bin/env python3\n".as_slice(), &zip_of(&[("a", text)])].concat()), Some(Kind::Zip));
    assert_eq!(recognise(&tar_of(&[("a", text)])), Some(Kind::Tar));
    assert_eq!(recognise(&gzip(text)), Some(Kind::Gzip));
    assert_eq!(recognise(&xz(text)), Some(Kind::Xz));
    assert_eq!(recognise(&zstd(text)), Some(Kind::Zstd));
    assert_eq!(recognise(&[b"\x50\x2a\x4d\x18\x02\0\0\0ab".as_slice(), &zstd(text)].concat()), Some(Kind::Zstd));
    assert_eq!(recognise(&bzip2(text)), Some(Kind::Bzip2));
    assert_eq!(recognise(&bzip2(b"")), Some(Kind::Bzip2));

    let mut damaged = tar_of(&[("a", text)]);
    damaged[0] = b'b';
    let no_containers = [b"".as_slice(), b"PK", b"PK is not a zip", b"BZh91 text", b"\x1f\x8b\x08\xff", b"#!/bin/sh\n"];
    for head in no_containers.into_iter().chain([damaged.as_slice(), &[0; 1024]]) {
        assert_eq!(recognise(head), None);
    }
}

#[test]
fn compressed_streams_have_one_member_of_all_their_parts() {
    for (ending, compress) in STREAMS {
        let bytes = [compress(b"first "), compress(b""), compress(b"second")].concat();
        let walked = run(&format!("dir/notes.txt.{ending}"), &bytes);
        assert_eq!(walked.members, [(format!("dir/notes.txt.{ending}!/notes.txt"), b"first second".to_vec())]);
        assert!(walked.notices.is_empty(), "{:?}", walked.said());
    }
}

#[test]
fn a_name_in_the_gzip_header_is_used_if_it_is_one() {
    for (name, member) in [("real.sql", "real.sql"), ("../../x", "d"), ("..", "d"), ("a\x1b[2J", "d"), ("", "d")] {
        let mut encoder = flate2::GzBuilder::new().filename(name).write(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"x").unwrap();
        let walked = run("d.gz", &encoder.finish().unwrap());
        assert_eq!(walked.names(), [format!("d.gz!/{member}")]);
    }
}

#[test]
fn padding_is_no_damage_and_what_stands_behind_streams_is_read() {
    for (ending, compress) in STREAMS {
        let name = format!("a.{ending}");
        let padded = [compress(b"one "), vec![0; 700], compress(b"two"), vec![0; 40_000]].concat();
        let walked = run(&name, &padded);
        assert_eq!(walked.content(&format!("{name}!/a")), b"one two");
        assert!(walked.notices.is_empty() && walked.outside.is_empty(), "{:?}", walked.said());

        // More than a decoder reads at once, and less than a stream begins with.
        for text in [b"T=text\n".repeat(30_000), b"T=text\n".to_vec(), b"B".to_vec()] {
            let walked = run(&name, &[&padded, &text[..]].concat());
            assert_eq!(walked.content(&format!("{name}!/a")), b"one two");
            assert!(walked.notices.is_empty(), "{:?}", walked.said());
            assert_eq!(walked.outside, [(padded.len() as u64, text)], "{name}");
            let lines = 1 + padded.iter().filter(|&&b| b == b'\n').count();
            assert_eq!(walked.positions[0].line as usize, lines);
        }

        let rubbish = [&b"rubbish\0"[..], &noise(9000)].concat();
        let walked = run(&name, &[compress(b"one"), rubbish.clone()].concat());
        assert_eq!(walked.content(&format!("{name}!/a")), b"one");
        assert_eq!(walked.outside, [(compress(b"one").len() as u64, rubbish)]);
        let said = walked.said().concat();
        assert!(said.starts_with(&format!("{name}: malformed: damaged: rubbish behind the end of the ")), "{said}");
    }
}

#[test]
fn containers_of_other_kinds_behind_streams_are_opened_to_the_limit() {
    let both = [gzip(b"one"), xz(b"two"), zip_of(&[("z", b"three")])].concat();
    let walked = run("a.gz", &both);
    let expected = [("a.gz!/a", "one"), ("a.gz!/a", "two"), ("a.gz!/z", "three")];
    assert_eq!(walked.members, expected.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())));
    assert!(walked.notices.is_empty(), "{:?}", walked.said());
    let many = [gzip(b"one"), xz(b"two")].concat().repeat(50);
    assert_eq!(run("a.gz", &many).said(), ["a.gz: too-large: nested deeper than 5 levels; not unpacked"]);
}

#[test]
fn a_compressed_tar_is_no_level_in_names() {
    let tar = tar_of(&[("src/a", b"A"), ("b", b"B")]);
    for (ending, compress) in STREAMS {
        let name = format!("x.tar.{ending}");
        let walked = run(&name, &compress(&tar));
        assert_eq!(walked.names(), [format!("{name}!/src/a"), format!("{name}!/b")]);
        assert!(walked.notices.is_empty());
    }
    // But it counts as one.
    let shallow = Limits { max_depth: 1, ..Limits::default() };
    let walked = run_with("x.tgz", &gzip(&tar), &shallow, Collector::default());
    assert!(walked.members.is_empty());
    assert_eq!(walked.said(), ["x.tgz: too-large: nested deeper than 1 levels; not unpacked"]);
}

#[test]
fn nested_containers_are_walked_to_the_limit_and_not_beyond() {
    let mut bytes = b"the leaf".to_vec();
    let mut path = String::new();
    for level in 1..=5 {
        let name = format!("level{level}");
        bytes = if level % 2 == 0 { tar_of(&[(&name, &bytes)]) } else { zip_of(&[(&name, &bytes)]) };
        path = format!("!/{name}{path}");
    }
    let walked = run("outer", &bytes);
    assert_eq!(walked.members, [(format!("outer{path}"), b"the leaf".to_vec())]);
    assert!(walked.notices.is_empty());

    let deeper = zip_of(&[("before", b"1"), ("level6", &bytes), ("after", b"2")]);
    let walked = run("outer", &deeper);
    assert_eq!(walked.names(), ["outer!/before", "outer!/after"]);
    let at = path.replacen("!/level1", "", 1);
    assert_eq!(walked.said(), [format!("outer!/level6{at}: too-large: nested deeper than 5 levels; not unpacked")]);
}

#[test]
fn every_kind_stands_inside_every_other() {
    let archives: [(&str, Compressor); 2] =
        [("zip", |bytes| zip_of(&[("m", bytes)])), ("tar", |bytes| tar_of(&[("m", bytes)]))];
    let kinds = [archives.as_slice(), &STREAMS].concat();
    for (outer, wrap) in &kinds {
        for (inner, fill) in &kinds {
            let walked = run(&format!("o.{outer}"), &wrap(&fill(b"deep inside")));
            assert_eq!(walked.members.len(), 1, "{inner} in {outer}: {:?}", walked.said());
            assert_eq!(walked.members[0].1, b"deep inside");
            assert!(walked.notices.is_empty());
        }
    }
}

#[test]
fn a_large_nested_zip_goes_over_the_disk() {
    let noise = noise(SPOOL_BYTES + 70_000);
    let inner = raw_zip(&[Raw::stored(b"noise", &noise), Raw::stored(b"last", b"last")]);
    let walked = run("o.tar", &tar_of(&[("i.zip", &inner), ("behind", b"b")]));
    assert_eq!(walked.names(), ["o.tar!/i.zip!/noise", "o.tar!/i.zip!/last", "o.tar!/behind"]);
    assert!(walked.content("o.tar!/i.zip!/noise") == noise);
}

#[test]
fn names_are_kept_visible() {
    let members: [(&[u8], &str); 6] = [
        (b"/etc/passwd", "/etc/passwd"),
        (b"./a", "./a"),
        (b"../../b", "../../b"),
        (b"dir\\sub\\c.txt", "dir/sub/c.txt"),
        (b"caf\x82", "café"), // code page 437, as the format has it
        (b"", ""),
    ];
    let raw: Vec<_> = members.iter().map(|(name, _)| Raw::stored(name, b"x")).collect();
    let walked = run("w.zip", &raw_zip(&raw));
    let expected: Vec<_> = members.iter().map(|(_, name)| format!("w.zip!/{name}")).collect();
    assert_eq!(walked.names(), expected);
    assert!(walked.notices.is_empty(), "{:?}", walked.said());

    let walked = run("w.zip", &raw_zip(&[Raw { flags: 1 << 11, ..Raw::stored(b"a\xff", b"x") }]));
    // Said to be UTF-8, which it is not: the crate takes it for code page 437.
    assert_eq!(walked.names(), ["w.zip!/a\u{a0}"]);

    let walked = run("w.tar", &tar_of(&[("/abs", b"x"), ("../up", b"x"), ("back\\slash", b"x")]));
    assert_eq!(walked.names(), ["w.tar!//abs", "w.tar!/../up", "w.tar!/back\\slash"]);
    let mut header = tar_header("a?", ::tar::EntryType::Regular, 0);
    header.as_old_mut().name[1] = 0xff;
    header.set_cksum();
    let walked = run("w.tar", header.as_bytes());
    assert_eq!(walked.names(), ["w.tar!/a\u{fffd}"]);
}

#[test]
fn long_tar_names_of_both_kinds() {
    let long = format!("{}/file", ["directory"; 40].join("/"));
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut header = tar_header("", ::tar::EntryType::Regular, 1);
    builder.append_data(&mut header, &long, b"g".as_slice()).unwrap();
    let pax_name = format!("pax/{long}");
    builder.append_pax_extensions([("path", pax_name.as_bytes()), ("mtime", b"1.5")]).unwrap();
    builder.append(&tar_header("short", ::tar::EntryType::Regular, 1), b"p".as_slice()).unwrap();
    let walked = run("l.tar", &builder.into_inner().unwrap());
    assert_eq!(walked.names(), [format!("l.tar!/{long}"), format!("l.tar!/{pax_name}")]);
    assert!(walked.notices.is_empty());
}

#[test]
fn what_is_no_file_is_passed_over() {
    use ::tar::EntryType::*;
    let mut tar = Vec::new();
    for (name, kind) in
        [("d", Directory), ("old/", Regular), ("s", Symlink), ("h", Link), ("c", Char), ("b", Block), ("f", Fifo)]
    {
        tar.extend(tar_header(name, kind, 0).as_bytes());
    }
    tar.extend(tar_of(&[("file", b"content")]));
    let walked = run("t.tar", &tar);
    assert_eq!(walked.names(), ["t.tar!/file"]);
    assert!(walked.notices.is_empty());

    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory("d", SimpleFileOptions::default()).unwrap();
    writer.add_symlink("s", "/etc/shadow", SimpleFileOptions::default()).unwrap();
    writer.start_file("file", SimpleFileOptions::default()).unwrap();
    let walked = run("z.zip", &writer.finish().unwrap().into_inner());
    assert_eq!(walked.names(), ["z.zip!/file"]);
    assert!(walked.notices.is_empty());
}

#[test]
fn zip_members_of_every_method() {
    use ::zip::CompressionMethod as M;
    let text = b"the same text again and again and again and again".as_slice();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, method) in [("stored", M::STORE), ("deflate", M::DEFLATE), ("bzip2", M::BZIP2), ("zstd", M::ZSTD)] {
        writer.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(text).unwrap();
    }
    let walked = run("m.zip", &writer.finish().unwrap().into_inner());
    assert_eq!(walked.members.len(), 4);
    assert!(walked.members.iter().all(|(_, content)| content == text), "{:?}", walked.said());

    let xz = Raw { method: 95, packed: xz(text), ..Raw::stored(b"xz", text) };
    let lzma = Raw { method: 14, packed: lzma(text, 1 << 16), ..Raw::stored(b"lzma", text) };
    let walked = run("m.zip", &raw_zip(&[xz.clone(), lzma.clone()]));
    assert_eq!(walked.names(), ["m.zip!/xz", "m.zip!/lzma"]);
    assert!(walked.members.iter().all(|(_, content)| content == text), "{:?}", walked.said());
    assert!(walked.notices.is_empty());

    let wrong = [Raw { crc: 1, ..xz }, Raw { crc: 1, ..lzma }, Raw { crc: 1, ..Raw::stored(b"stored", text) }];
    let walked = run("m.zip", &raw_zip(&wrong));
    assert_eq!(walked.notices.len(), 3, "{:?}", walked.said());
    assert!(walked.notices.iter().all(|n| n.kind == NoticeKind::Malformed));
}

/// As APPNOTE 5.8.8 has it.
fn lzma(bytes: &[u8], window: u32) -> Vec<u8> {
    let mut options = lzma_rust2::LzmaOptions::with_preset(1);
    options.dict_size = 1 << 16;
    let mut out = vec![9, 20, 5, 0, options.get_props()];
    out.extend(window.to_le_bytes());
    let mut encoder = lzma_rust2::LzmaWriter::new_no_header(out, &options, true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn members_that_share_a_name_are_all_read() {
    let zip = raw_zip(&[Raw::stored(b"same", b"first"), Raw::stored(b"same", b"second")]);
    let contents: Vec<_> = run("d.zip", &zip).members.into_iter().map(|(_, content)| content).collect();
    assert_eq!(contents, [b"first".to_vec(), b"second".to_vec()]);
}

#[test]
fn encrypted_and_unsupported_members_are_named() {
    use ::zip::unstable::write::FileOptionsExt;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().with_deprecated_encryption(b"password").unwrap();
    writer.start_file("locked", options).unwrap();
    writer.write_all(b"x").unwrap();
    writer.start_file("open", SimpleFileOptions::default()).unwrap();
    let walked = run("e.zip", &writer.finish().unwrap().into_inner());
    assert_eq!(walked.names(), ["e.zip!/open"]);
    assert_eq!(walked.said(), ["e.zip!/locked: encrypted: needs a password; not unpacked"]);

    let zip = raw_zip(&[
        Raw { flags: 1, method: 99, ..Raw::stored(b"aes", b"x") },
        Raw { method: 98, ..Raw::stored(b"ppmd", b"x") },
        Raw { method: 77, ..Raw::stored(b"odd", b"x") },
        Raw::stored(b"good", b"x"),
    ]);
    let walked = run("e.zip", &zip);
    assert_eq!(walked.names(), ["e.zip!/good"]);
    assert_eq!(
        walked.said(),
        [
            "e.zip!/aes: encrypted: needs a password; not unpacked",
            "e.zip!/ppmd: malformed: compressed with PPMd (method 98), which is not supported; not unpacked",
            "e.zip!/odd: malformed: compressed with method 77, which is not supported; not unpacked",
        ]
    );
}

#[test]
fn a_zip_behind_a_program_is_read() {
    let mut bytes = vec![b'x'; 3000];
    bytes.extend(zip_of(&[("a", b"A"), ("b", b"B")]));
    let mut visitor = Collector::default();
    walk(
        Kind::Zip,
        &Artifact::file("setup.exe"),
        Start::OF_FILE,
        &mut Cursor::new(&bytes),
        &Limits::default(),
        &mut visitor,
    );
    assert_eq!(visitor.names(), ["setup.exe!/a", "setup.exe!/b"]);
    assert!(visitor.notices.is_empty());
}

/// Zeros, as many as asked for, compressed without ever being in memory.
fn zeros(count: u64, mut into: impl Write) {
    io::copy(&mut io::repeat(0).take(count), &mut into).unwrap();
}

fn zip_of_zeros(name: &str, count: u64) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, SimpleFileOptions::default().large_file(true)).unwrap();
    zeros(count, &mut writer);
    writer.finish().unwrap().into_inner()
}

fn bomb_limits(max_expansion: u64) -> Limits {
    Limits { max_expansion, max_ratio: u64::MAX, ..Limits::default() }
}

#[test]
fn a_bomb_is_one_notice_for_the_outermost_container() {
    let bomb = zip_of_zeros("zeros", 100 << 20);
    let many = zip_of(&[("first", b"1"), ("a.zip", &bomb), ("b.zip", &bomb), ("last", b"2")]);
    let limits = bomb_limits(10 << 20);
    let walked = run_with("bomb.zip", &many, &limits, Collector { forget: true, ..Collector::default() });
    assert_eq!(walked.names(), ["bomb.zip!/first", "bomb.zip!/a.zip!/zeros"]);
    assert!(walked.bytes <= 10 << 20, "{}", walked.bytes);
    assert_eq!(
        walked.said(),
        ["bomb.zip: too-large: it expands to more than 10 MiB; 1 member and a part of bomb.zip!/a.zip!/zeros \
          had been read, the rest was not unpacked"]
    );
    assert!(walked.notices[0].help.is_some());
}

#[test]
fn every_kind_of_bomb_is_bounded() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    zeros(64 << 20, &mut gz);
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(0)).unwrap();
    zeros(64 << 20, &mut xz);
    let mut zst = ::zstd::Encoder::new(Vec::new(), 1).unwrap();
    zeros(64 << 20, &mut zst);
    let mut bz2 = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    zeros(64 << 20, &mut bz2);
    let bombs = [gz.finish().unwrap(), xz.finish().unwrap(), zst.finish().unwrap(), bz2.finish().unwrap()];
    for bomb in bombs.iter().chain([&gzip(&bombs[1]), &tar_of(&[("b", &bombs[2])]), &zip_of_zeros("z", 64 << 20)]) {
        let limits = bomb_limits(8 << 20);
        let walked = run_with("bomb", bomb, &limits, Collector { forget: true, ..Collector::default() });
        assert_eq!(walked.notices.len(), 1, "{:?}", walked.said());
        assert!(
            walked.said()[0].starts_with("bomb: too-large: it expands to more than 8 MiB; 0 members and a part of")
        );
        assert!(walked.bytes <= 8 << 20);
    }
}

#[test]
fn the_ratio_counts_beyond_its_floor() {
    let below = zip_of_zeros("zeros", RATIO_FLOOR);
    let limits = Limits { max_ratio: 10, ..Limits::default() };
    let forget = || Collector { forget: true, ..Collector::default() };
    assert!(run_with("a.zip", &below, &limits, forget()).notices.is_empty());
    let above = zip_of_zeros("zeros", RATIO_FLOOR + 1);
    let said = run_with("a.zip", &above, &limits, forget()).said();
    assert!(said[0].contains("KiB expand to more than 64 MiB, more than 10 times its size;"), "{said:?}");
    assert!(run_with("a.zip", &above, &Limits { max_ratio: 5000, ..limits }, forget()).notices.is_empty());
}

#[test]
fn members_that_overlap_are_bounded() {
    // One kernel of zeros, listed thousands of times: it is what comes out that counts.
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    zeros(1 << 20, &mut encoder);
    let crc = crc32fast::hash(&vec![0; 1 << 20]);
    let kernel = Raw { name: b"k", method: 8, crc, size: 1 << 20, packed: encoder.finish().unwrap(), ..Raw::default() };
    let bomb = raw_zip_at(&[kernel], Some(0), 5000);
    let limits = bomb_limits(20 << 20);
    let walked = run_with("b.zip", &bomb, &limits, Collector { forget: true, ..Collector::default() });
    assert_eq!(walked.notices.len(), 1, "{:?}", walked.said());
    assert_eq!(walked.members.len(), 20);

    // Empty deflate blocks cost time and yield nothing: what is read counts too.
    let mut packed = [0, 0, 0, 0xff, 0xff].repeat(200_000);
    packed.extend([1, 0, 0, 0xff, 0xff]);
    let slow = raw_zip_at(&[Raw { name: b"k", method: 8, packed, ..Raw::default() }], Some(0), 5000);
    let walked = run("s.zip", &slow);
    assert_eq!(walked.notices.len(), 1, "{:?}", walked.said());
    assert!(walked.said()[0].starts_with("s.zip: too-large: members of a zip in it overlap each other; "));
    assert!(walked.members.len() < 100);
}

#[test]
fn a_zip_that_holds_itself_ends() {
    // Not a quine, but as deep: each level holds the one before twice.
    let mut bytes = zip_of(&[("leaf", b"x")]);
    for _ in 0..12 {
        bytes = raw_zip(&[Raw::stored(b"l.zip", &bytes), Raw::stored(b"r.zip", &bytes)]);
    }
    let walked = run("q.zip", &bytes);
    assert!(walked.members.is_empty());
    assert_eq!(walked.notices.len(), 32);
}

#[test]
fn too_many_members_end_the_walk() {
    let tar = tar_of(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
    let limits = Limits { max_members: 4, ..Limits::default() };
    let walked = run_with("m.zip", &zip_of(&[("x", &tar), ("y", b"4")]), &limits, Collector::default());
    assert_eq!(walked.members.len(), 3);
    assert_eq!(
        walked.said(),
        ["m.zip: too-large: it has more than 4 members; 3 members had been read, the rest was not unpacked"]
    );
}

#[test]
fn large_members_are_left_out() {
    let limits = Limits { max_member_size: Some(10), ..Limits::default() };
    let inner = zip_of(&[("deep", b"0123456789")]);
    let members: [(&str, &[u8]); 3] = [("large", b"0123456789a"), ("fits", b"0123456789"), ("inner.zip", &inner)];
    for (name, bytes) in [("m.zip", zip_of(&members)), ("m.tar", tar_of(&members))] {
        let walked = run_with(name, &bytes, &limits, Collector::default());
        // The limit is one for leaves: a container is as large as its members.
        assert_eq!(walked.names(), [format!("{name}!/fits"), format!("{name}!/inner.zip!/deep")]);
        let said = format!("{name}!/large: skipped: left out: its 11 bytes are more than the limit of 10 bytes");
        assert_eq!(walked.said(), [said]);
    }
    let walked = run_with("m.gz", &gzip(b"0123456789a"), &limits, Collector::default());
    assert_eq!(walked.content("m.gz!/m"), b"0123456789");
    assert_eq!(walked.said(), ["m.gz!/m: skipped: only its first 10 bytes were read: that is the limit"]);
    assert!(run_with("m.gz", &gzip(b"0123456789"), &limits, Collector::default()).notices.is_empty());
}

#[test]
fn windows_are_limited() {
    let large = |window_log: u32| {
        let mut encoder = ::zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(window_log).unwrap();
        encoder.write_all(b"content").unwrap();
        encoder.finish().unwrap()
    };
    let text = b"content".as_slice();
    let allowed = [large(27), xz_with(text, 1 << 26)];
    for bytes in &allowed {
        assert_eq!(run("w", bytes).content("w!/w"), text);
    }
    let lzma = Raw { method: 14, packed: lzma(text, 1 << 30), ..Raw::stored(b"w", text) };
    // What the header asks for is all that counts; an encoder with such a window would need its memory here.
    for bytes in [large(28), xz_asking_for_4_gib(text), raw_zip(&[lzma])] {
        let walked = run("w", &bytes);
        assert!(walked.members.iter().all(|(_, content)| content.is_empty()));
        let said = "w!/w: too-large: not unpacked: its window is larger than 128 MiB, which is the most memory that is \
                    given to a decoder";
        assert_eq!(walked.said(), [said]);
    }
}

/// An xz file whose block header is rewritten to ask for the largest window there is.
fn xz_asking_for_4_gib(bytes: &[u8]) -> Vec<u8> {
    let mut file = xz(bytes);
    // The stream header has 12 bytes; a block header is its size, flags, filter 0x21, one byte of properties (the
    // window), padding and a checksum.
    let length = (usize::from(file[12]) + 1) * 4;
    let header = &mut file[12..12 + length];
    assert_eq!((header[2], header[3]), (0x21, 1));
    header[4] = 40;
    let crc = crc32fast::hash(&header[..length - 4]);
    header[length - 4..].copy_from_slice(&crc.to_le_bytes());
    file
}

#[test]
fn sparse_files_are_read_and_their_holes_counted() {
    let sparse = |hole: u64| {
        let mut header = tar_header("sparse", ::tar::EntryType::GNUSparse, 4);
        let gnu = header.as_gnu_mut().unwrap();
        gnu.sparse[0].set_offset(hole);
        gnu.sparse[0].set_length(4);
        gnu.set_real_size(hole + 4);
        header.set_cksum();
        let mut tar = header.as_bytes().to_vec();
        tar.extend(b"data");
        tar.extend([0; 508]);
        tar.extend(tar_of(&[("behind", b"b")]));
        tar
    };
    let walked = run("s.tar", &sparse(1000));
    assert_eq!(walked.content("s.tar!/sparse"), [vec![0; 1000], b"data".to_vec()].concat());
    assert_eq!(walked.content("s.tar!/behind"), b"b");

    let forget = || Collector { forget: true, ..Collector::default() };
    let walked = run_with("s.tar", &sparse(1 << 40), &bomb_limits(1 << 20), forget());
    assert!(walked.said()[0].starts_with("s.tar: too-large: it expands to more than 1 MiB; 0 members and a part of"));
    // A visitor that has seen enough is not made to pay for the rest.
    let walked = run_with("s.tar", &sparse(1 << 40), &bomb_limits(1 << 20), Collector { most: Some(3), ..forget() });
    assert_eq!(walked.names(), ["s.tar!/sparse", "s.tar!/behind"]);
    assert!(walked.notices.is_empty());
}

#[test]
fn tar_members_are_no_expansion() {
    let tar = tar_of(&[("a", &[b'a'; 4000]), ("b", &[b'b'; 4000])]);
    let walked = run_with("t.tar", &tar, &bomb_limits(10), Collector::default());
    assert_eq!(walked.members.len(), 2);
    assert!(walked.notices.is_empty());
    // Decompressed once, counted once.
    let walked = run_with("t.tgz", &gzip(&tar), &bomb_limits(tar.len() as u64), Collector::default());
    assert!(walked.notices.is_empty());
}

#[test]
fn headers_of_tar_members_are_bounded() {
    let mut tar = tar_of(&[("before", b"1")]);
    tar.truncate(1024);
    tar.extend(tar_header("././@LongLink", ::tar::EntryType::GNULongName, 1 << 30).as_bytes());
    tar.extend(vec![b'n'; 8 << 20]);
    let walked = run("h.tar", &tar);
    assert_eq!(walked.names(), ["h.tar!/before"]);
    let said = "h.tar: malformed: damaged: a member has more than 4 MiB of headers (behind member before)";
    assert_eq!(walked.said(), [said]);
}

#[test]
fn a_damaged_tar_header_is_not_quoted() {
    let mut tar = tar_of(&[("first", b"1"), ("second", b"2")]);
    tar[1024 + 148..1024 + 156].copy_from_slice(b"abcdefgh");
    let walked = run("d.tar", &tar);
    assert_eq!(walked.names(), ["d.tar!/first"]);
    assert_eq!(walked.said(), ["d.tar: malformed: damaged: a header is not valid (behind member first)"]);
    tar.truncate(1024 + 100);
    let walked = run("d.tar", &tar);
    assert_eq!(walked.said(), ["d.tar: malformed: damaged: the archive ends early (behind member first)"]);
}

#[test]
fn impossible_sizes_do_no_harm() {
    for size in [u64::MAX, u64::MAX - 511, u64::MAX - 0x7ff, i64::MAX as u64] {
        for kind in [::tar::EntryType::GNUSparse, ::tar::EntryType::Regular, ::tar::EntryType::GNULongName] {
            let mut header = tar_header("huge", kind, 0);
            // The binary form: the highest bit, then the number.
            header.as_old_mut().size[..4].copy_from_slice(&[0x80, 0, 0, 0]);
            header.as_old_mut().size[4..].copy_from_slice(&size.to_be_bytes());
            header.as_gnu_mut().unwrap().set_is_extended(true);
            header.set_cksum();
            let mut more = ::tar::GnuExtSparseHeader::new();
            more.set_is_extended(true);
            let bytes = [header.as_bytes().as_slice(), &more.as_bytes().repeat(9)].concat();
            let walked = run("h.tar", &bytes);
            assert_eq!(walked.notices.len(), 1, "{:?}", walked.said());
            assert_eq!(walked.notices[0].kind, NoticeKind::Malformed);
        }
    }
}

#[test]
fn a_visitor_may_stop_reading() {
    let members: [(&str, &[u8]); 3] = [("a", &[b'a'; 9000]), ("b", &[b'b'; 9000]), ("c", b"")];
    for bytes in [zip_of(&members), tar_of(&members), gzip(&tar_of(&members))] {
        let walked = run_with("s", &bytes, &Limits::default(), Collector { most: Some(0), ..Collector::default() });
        assert_eq!(walked.names(), ["s!/a", "s!/b", "s!/c"]);
        assert!(walked.notices.is_empty(), "{:?}", walked.said());
    }
}

#[test]
fn what_a_visitor_says_is_passed_on() {
    struct Failing(Vec<Notice>);
    impl Visitor for Failing {
        fn member(&mut self, _: &Artifact, _: &mut dyn Read) -> io::Result<()> {
            Err(io::Error::other("no"))
        }
        fn outside(&mut self, _: &Artifact, _: u64, _: Option<Position>, _: &mut dyn Read) -> io::Result<bool> {
            Ok(false)
        }

        fn comment(&mut self, _: &Artifact, _: &[u8]) {}

        fn notice(&mut self, notice: Notice) {
            self.0.push(notice);
        }
    }
    let mut visitor = Failing(Vec::new());
    let bytes = zip_of(&[("a", b"1"), ("b", b"2")]);
    walk(Kind::Zip, &Artifact::file("z"), Start::OF_FILE, &mut Cursor::new(bytes), &Limits::default(), &mut visitor);
    assert_eq!(visitor.0.len(), 2);
    assert!(visitor.0.iter().all(|n| n.kind == NoticeKind::Malformed && n.message == "damaged: no"));
}

#[test]
fn a_truncated_archive_gives_what_is_there() {
    let noise = noise(400_000);
    let members: [(&str, &[u8]); 3] = [("first", b"1"), ("second", &noise), ("third", b"3")];
    let tar = tar_of(&members);
    let zip = zip_of(&members);
    let cut = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();

    let walked = run("t.tar", &cut(&tar));
    assert_eq!(walked.names(), ["t.tar!/first", "t.tar!/second"]);
    assert!(walked.content("t.tar!/second").len() > 10_000);
    assert_eq!(walked.said(), ["t.tar!/second: malformed: damaged: the archive ends inside this member"]);

    let walked = run("t.zip", &cut(&zip));
    assert_eq!(walked.names(), ["t.zip!/first", "t.zip!/second"]);
    assert_eq!(walked.content("t.zip!/first"), b"1");
    assert_eq!(walked.notices.len(), 2, "{:?}", walked.said());
    assert_eq!(walked.notices[0].artifact.as_ref().unwrap().to_string(), "t.zip!/second");
    assert!(walked.said()[1].starts_with("t.zip: malformed: damaged: "));
    assert!(walked.said()[1].ends_with("; 2 members could be found without its directory"), "{:?}", walked.said());

    for (ending, compress) in STREAMS {
        let name = format!("t.tar.{ending}");
        let walked = run(&name, &cut(&compress(&tar)));
        assert_eq!(walked.content(&format!("{name}!/first")), b"1");
        assert_eq!(walked.notices.len(), 1, "{:?}", walked.said());
        assert_eq!(walked.notices[0].kind, NoticeKind::Malformed);
        let walked = run("z", &cut(&compress(&zip)));
        assert_eq!(walked.content("z!/z!/first"), b"1", "{:?}", walked.said());
        assert!(!walked.notices.is_empty());
    }
}

#[test]
fn damage_inside_a_zip_member_costs_that_member_only() {
    let mut zip = raw_zip(&[Raw::stored(b"bad", b"content"), Raw::stored(b"good", b"content")]);
    let at = memchr::memmem::find(&zip, b"content").unwrap();
    zip[at] = b'C';
    let walked = run("d.zip", &zip);
    assert_eq!(walked.names(), ["d.zip!/bad", "d.zip!/good"]);
    assert_eq!(walked.said(), ["d.zip!/bad: malformed: damaged: Invalid checksum"]);
}

#[test]
fn a_disk_error_is_not_blamed_on_the_archive() {
    struct Broken(Cursor<Vec<u8>>);
    impl Read for Broken {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            const EIO: i32 = 5;
            match self.0.read(buf)? {
                0 => Err(io::Error::from_raw_os_error(EIO)),
                read => Ok(read),
            }
        }
    }
    impl Seek for Broken {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    let half = gzip(&[7; 50_000])[..40].to_vec();
    let mut visitor = Collector::default();
    walk(
        Kind::Gzip,
        &Artifact::file("g.gz"),
        Start::OF_FILE,
        &mut Broken(Cursor::new(half)),
        &Limits::default(),
        &mut visitor,
    );
    assert_eq!(visitor.notices.len(), 1);
    assert_eq!(visitor.notices[0].kind, NoticeKind::Unreadable);
}

/// Small archives of every kind, some in each other.
fn samples() -> Vec<Vec<u8>> {
    let members: [(&str, &[u8]); 3] = [("a.txt", b"some content"), ("d/b", &[b'b'; 700]), ("c", b"")];
    let (zip, tar) = (zip_of(&members), tar_of(&members));
    let mut pax = ::tar::Builder::new(Vec::new());
    pax.append_pax_extensions([("path", b"long".as_slice()), ("size", b"3")]).unwrap();
    pax.append(&tar_header("s", ::tar::EntryType::Regular, 3), b"abc".as_slice()).unwrap();
    let text = b"lzma text";
    let methods = raw_zip(&[
        Raw { method: 95, packed: xz(text), ..Raw::stored(b"xz", text) },
        Raw { method: 14, packed: lzma(text, 1 << 16), ..Raw::stored(b"lzma", text) },
        Raw { method: 93, packed: zstd(text), ..Raw::stored(b"zstd", text) },
        Raw { method: 12, packed: bzip2(text), ..Raw::stored(b"bzip2", text) },
    ]);
    let nested = zip_of(&[("t.tgz", &gzip(&tar)), ("z.zip", &zip)]);
    vec![
        gzip(&tar),
        xz(&tar),
        zstd(&tar),
        bzip2(&tar),
        gzip(b"text"),
        xz(b"text"),
        zstd(b"text"),
        bzip2(b"text"),
        pax.into_inner().unwrap(),
        methods,
        nested,
        zip,
        tar,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_mutation_panics_or_hangs(
        sample in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        twice: bool,
    ) {
        thread_local!(static SAMPLES: Vec<Vec<u8>> = samples());
        let original = SAMPLES.with(|samples| sample.get(samples).clone());
        let kind = recognise(&original).unwrap();
        let mut bytes = original;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if twice {
            bytes.extend_from_within(..);
        }
        let limits = Limits { max_expansion: 1 << 20, max_members: 100, ..Limits::default() };
        let mut visitor = Collector::default();
        walk(kind, &Artifact::file("f"), Start::OF_FILE, &mut Cursor::new(&bytes), &limits, &mut visitor);
        prop_assert!(visitor.bytes <= 2 << 20);
        let of_the_whole = |notice: &&Notice| notice.kind == NoticeKind::TooLarge && notice.help.is_some();
        prop_assert!(visitor.notices.iter().filter(of_the_whole).count() <= 1);
    }
}

#[test]
fn what_is_in_no_member_of_a_zip_is_handed_over() {
    let zip = zip_of(&[("a", b"first"), ("b", &b"second ".repeat(40))]);
    let position = |line, column| Position { line, column };
    let plain = run("a.zip", &zip);
    assert!(plain.outside.is_empty() && plain.comments.is_empty() && plain.notices.is_empty());
    let stub = b"#!/bin/sh\nunzip -q \"$0\" && exec ./a\n";
    let run_all = |bytes: &[u8]| {
        let mut visitor = Collector::default();
        walk(
            Kind::Zip,
            &Artifact::file("x"),
            Start::OF_FILE,
            &mut Cursor::new(bytes),
            &Limits::default(),
            &mut visitor,
        );
        visitor
    };
    let both = run_all(&[stub, &zip[..], b"\nbehind the end\n"].concat());
    assert_eq!(both.names(), ["x!/a", "x!/b"]);
    let end = (stub.len() + zip.len()) as u64;
    assert_eq!(both.outside, [(0, stub.to_vec()), (end, b"\nbehind the end\n".to_vec())]);
    assert_eq!(both.positions[0], position(1, 1));
    assert!(both.positions[1].line >= 3 && both.notices.is_empty());
    // A zip without its directory in front of another one: its member is in the directory of none.
    let directory = memchr::memmem::find(&zip, b"PK\x01\x02").unwrap();
    let unlisted = run_all(&[&zip[..directory], &zip_of(&[("c", b"third")])].concat());
    assert_eq!(unlisted.names(), ["x!/c", "x!/a", "x!/b"]);
    assert_eq!(
        unlisted.said(),
        ["x: malformed: damaged: its directory does not list all members; 2 members could be found \
             without its directory"]
    );
    // Comments.
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a", SimpleFileOptions::default()).unwrap();
    writer.set_comment("about it").unwrap();
    let commented = run("a.zip", &writer.finish().unwrap().into_inner());
    assert_eq!(commented.comments, [("a.zip".to_owned(), b"about it".to_vec())]);
    assert!(commented.outside.is_empty());
}

#[test]
fn containers_behind_what_unpacks_them_are_recognised() {
    let zip = zip_of(&[("a", b"first")]);
    let stub = [b"MZ", &[7; 3000][..]].concat();
    let program = [&stub, &zip[..]].concat();
    assert_eq!(behind_stub(&program, &program), Some((Kind::Zip, 0)));
    assert_eq!(behind_stub(&stub, &stub), None);
    // A program that reads zips is none.
    let reader = [&stub, &b"PK\x05\x06"[..], &[0; 40]].concat();
    assert_eq!(behind_stub(&reader, &reader), None);
    let script = b"#!/bin/sh\ntail -n +3 $0 | tar xz; exit\n";
    let packed = [&script[..], &gzip(&tar_of(&[("a", b"first")]))].concat();
    assert_eq!(behind_stub(&packed, &packed), Some((Kind::Gzip, script.len())));
    assert_eq!(behind_stub(script, script), None);
    assert_eq!(behind_stub(&zip, &zip), None);
}

#[test]
fn what_is_appended_to_a_tar_is_read() {
    let two =
        [tar_of(&[("a", b"first")]), tar_of(&[("b", b"second")]), vec![0; 9 << 20], b"T=text\n".to_vec()].concat();
    let read = run("a.tar", &two);
    assert_eq!(read.names(), ["a.tar!/a", "a.tar!/b"]);
    assert_eq!(read.outside, [(two.len() as u64 - 7, b"T=text\n".to_vec())]);
    assert!(read.notices.is_empty(), "{:?}", read.said());
}

#[test]
fn comments_of_tar_archives_are_read() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let global = b"17 comment=hello\n";
    builder.append(&tar_header("g", ::tar::EntryType::XGlobalHeader, global.len() as u64), &global[..]).unwrap();
    builder.append_pax_extensions([("comment", &b"of a"[..]), ("mtime", b"1.5")]).unwrap();
    builder.append(&tar_header("a", ::tar::EntryType::Regular, 5), &b"first"[..]).unwrap();
    let read = run("a.tar", &builder.into_inner().unwrap());
    assert_eq!(read.names(), ["a.tar!/a"]);
    let comments =
        [("a.tar!/g".to_owned(), b"comment=hello\n".to_vec()), ("a.tar!/a".to_owned(), b"comment=of a\n".to_vec())];
    assert_eq!(read.comments, comments);
}
