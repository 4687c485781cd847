package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks that no other user can replace a directory: every directory and symbolic link on
 * the way to it belongs to root or to the user of this process, and other users may not
 * write there unless the sticky bit protects what lies in it. OpenSSH and sudo check
 * their files in the same way.
 */
final class ParentDirectories {

	private static final int ROOT = 0;

	private static final int GROUP_WRITES = 0020;

	private static final int OTHERS_WRITE = 0002;

	private static final int STICKY = 01000;

	private static final int PERMISSIONS = 07777;

	/** As many as the kernel follows. */
	private static final int MOST_LINKS = 40;

	private final PathView view;

	ParentDirectories(PathView view) {
		this.view = view;
	}

	/**
	 * Check a directory and those above it. What does not exist is not checked: whoever
	 * can create it is trusted if what exists is safe.
	 * @param directory an absolute path
	 * @throws UnsafeWorkDirException if another user can replace one of them
	 * @throws IOException if one of them cannot be looked at
	 */
	void check(Path directory) throws IOException {
		Path at = Path.of("/");
		PathView.Entry parent = this.view.read(at);
		// Whoever owns the root directory is root; in a user namespace it has another
		// number.
		Set<Integer> trusted = new HashSet<>(List.of(ROOT, parent.owner(), this.view.user()));
		check(at, parent, parent, trusted);
		Deque<Path> names = new ArrayDeque<>();
		directory.forEach(names::add);
		int links = 0;
		while (!names.isEmpty()) {
			String name = names.remove().toString();
			if (name.equals("..")) {
				at = (at.getParent() != null) ? at.getParent() : at;
				parent = this.view.read(at);
				continue;
			}
			if (name.isEmpty() || name.equals(".")) {
				continue;
			}
			Path next = at.resolve(name);
			PathView.Entry entry;
			try {
				entry = this.view.read(next);
			}
			catch (NoSuchFileException ex) {
				return;
			}
			check(next, entry, parent, trusted);
			Path link = entry.link();
			if (link == null) {
				at = next;
				parent = entry;
				continue;
			}
			if (++links > MOST_LINKS) {
				throw new UnsafeWorkDirException(directory + " leads through too many symbolic links");
			}
			Deque<Path> rest = new ArrayDeque<>();
			link.forEach(rest::add);
			rest.addAll(names);
			names = rest;
			if (link.isAbsolute()) {
				at = Path.of("/");
				parent = this.view.read(at);
			}
		}
	}

	private void check(Path path, PathView.Entry entry, PathView.Entry parent, Set<Integer> trusted)
			throws UnsafeWorkDirException {
		if (!trusted.contains(entry.owner())) {
			throw new UnsafeWorkDirException(path + " belongs to user " + Integer.toUnsignedString(entry.owner())
					+ ", who could replace what the pool runs");
		}
		boolean writable = (entry.mode() & OTHERS_WRITE) != 0
				|| ((entry.mode() & GROUP_WRITES) != 0 && !isTrustedGroup(entry.group()));
		boolean volume = this.view.isContainer() && entry.device() != parent.device();
		if (writable && entry.link() == null && (entry.mode() & STICKY) == 0 && !volume) {
			throw new UnsafeWorkDirException(path + " has mode " + Integer.toOctalString(entry.mode() & PERMISSIONS)
					+ ", so other users could replace what the pool runs; take their right to write (chmod go-w " + path
					+ ") or set the sticky bit (chmod +t " + path + ")");
		}
	}

	private boolean isTrustedGroup(int group) {
		return group == ROOT || this.view.isPrivate(group);
	}

}
