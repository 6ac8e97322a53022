//! Where a file stands in its project: what its path says about it counts from there, however the path was written and
//! wherever the project lies.

use std::path::{Component, Path, PathBuf};

use crate::source::tree;

/// The path of a file from the top of the repository on that it lies in; where there is none, from the path on under
/// which it was listed, which is one of `roots`. Nothing where neither is known.
pub(crate) fn path(file: &Path, roots: &[PathBuf]) -> Option<String> {
    let whole = plain(&std::path::absolute(file).ok()?);
    if let Some(top) = whole.ancestors().skip(1).find(|folder| folder.join(".git").exists()) {
        return Some(tree::artifact(&whole, top).path);
    }
    let root = roots.iter().filter(|root| file.starts_with(root)).max_by_key(|root| root.as_os_str().len())?;
    let folder = if root == file { file.parent()? } else { root };
    Some(tree::artifact(file, folder).path)
}

/// A path without `..`, as far as its text tells.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_the_top_of_their_project() {
        let outside = tempfile::tempdir().unwrap();
        let project = outside.path().canonicalize().unwrap().join("tests/app");
        std::fs::create_dir_all(project.join("src")).unwrap();
        let file = project.join("src/settings.py");
        let roots = |root: &Path| [root.to_owned()];
        assert_eq!(path(&file, &[]), None);
        assert_eq!(path(&file, &roots(&project)).unwrap(), "src/settings.py");
        assert_eq!(path(&file, &roots(&file)).unwrap(), "settings.py");
        std::fs::create_dir(project.join(".git")).unwrap();
        assert_eq!(path(&file, &roots(&file)).unwrap(), "src/settings.py");
        assert_eq!(path(&project.join("docs/../src/settings.py"), &[]).unwrap(), "src/settings.py");
        assert_eq!(path(&project.join("gone/x.py"), &[]).unwrap(), "gone/x.py", "of a commit");
    }
}
