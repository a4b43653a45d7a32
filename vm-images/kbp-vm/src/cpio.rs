// SPDX-License-Identifier: GPL-2.0
//! Writes the `newc` cpio archive that the kernel unpacks as its first file system.

const DIRECTORY: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;
const SYMLINK: u32 = 0o120_000;
const CHARACTER: u32 = 0o020_000;

/// An archive under construction. Folders must be added before what is in them.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    bytes: Vec<u8>,
    inode: u32,
}

impl Archive {
    /// Adds a folder.
    pub(crate) fn dir(&mut self, path: &str) {
        self.entry(path, DIRECTORY | 0o755, (0, 0), &[]);
    }

    /// Adds a file; `mode` is its permissions.
    pub(crate) fn file(&mut self, path: &str, mode: u32, data: &[u8]) {
        self.entry(path, REGULAR | (mode & 0o7777), (0, 0), data);
    }

    /// Adds a symbolic link.
    pub(crate) fn symlink(&mut self, path: &str, target: &str) {
        self.entry(path, SYMLINK | 0o777, (0, 0), target.as_bytes());
    }

    /// Adds a character device.
    pub(crate) fn device(&mut self, path: &str, major: u32, minor: u32) {
        self.entry(path, CHARACTER | 0o600, (major, minor), &[]);
    }

    /// Closes the archive.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, (0, 0), &[]);
        self.bytes
    }

    fn entry(&mut self, path: &str, mode: u32, device: (u32, u32), data: &[u8]) {
        // Equal inode numbers with a link count above one would be hard links.
        self.inode += 1;
        let name = path.trim_start_matches('/');
        let fields = [
            self.inode,
            mode,
            0, // uid
            0, // gid
            1, // links
            0, // mtime: the same input gives the same bytes
            data.len() as u32,
            0, // the device the file was on
            0,
            device.0,
            device.1,
            name.len() as u32 + 1,
            0, // checksum, not used by newc
        ];
        self.bytes.extend_from_slice(b"070701");
        for field in fields {
            self.bytes
                .extend_from_slice(format!("{field:08x}").as_bytes());
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend_from_slice(data);
        self.pad();
    }

    fn pad(&mut self) {
        while self.bytes.len() % 4 != 0 {
            self.bytes.push(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads an archive back: name, mode and data of each entry.
    fn read(bytes: &[u8]) -> Vec<(String, u32, Vec<u8>)> {
        let field = |at: usize, n: usize| {
            let text = std::str::from_utf8(&bytes[at + 6 + n * 8..at + 14 + n * 8]).unwrap();
            u32::from_str_radix(text, 16).unwrap()
        };
        let (mut at, mut entries) = (0, Vec::new());
        loop {
            assert_eq!(&bytes[at..at + 6], b"070701");
            let (mode, size, name_size) =
                (field(at, 1), field(at, 6) as usize, field(at, 11) as usize);
            let name =
                String::from_utf8(bytes[at + 110..at + 110 + name_size - 1].to_vec()).unwrap();
            let data = (at + 110 + name_size).next_multiple_of(4);
            if name == "TRAILER!!!" {
                return entries;
            }
            entries.push((name, mode, bytes[data..data + size].to_vec()));
            at = (data + size).next_multiple_of(4);
        }
    }

    #[test]
    fn round_trip() {
        let mut archive = Archive::default();
        archive.dir("/bin");
        archive.file("/bin/odd", 0o755, b"12345");
        archive.symlink("/sbin", "bin");
        archive.device("/dev/console", 5, 1);
        let entries = read(&archive.finish());
        let names: Vec<_> = entries.iter().map(|e| e.0.as_str()).collect();
        assert_eq!(names, ["bin", "bin/odd", "sbin", "dev/console"]);
        assert_eq!(entries[1].1, 0o100_755);
        assert_eq!(entries[1].2, b"12345");
        assert_eq!(entries[2].2, b"bin");
        assert_eq!(entries[3].1, 0o020_600);
    }
}
