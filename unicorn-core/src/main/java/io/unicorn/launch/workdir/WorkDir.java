package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

import io.unicorn.posix.OwnUser;

/**
 * Opens the work dir: the private directory in which the pools of one user keep their
 * files. Only its owner can use it. Immutable.
 */
public final class WorkDir {

	/** Mode 0600. */
	public static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	/** Mode 0700. */
	public static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

	/** Mode 0755, also where the user's files are usually open to a group. */
	private static final FileAttribute<Set<PosixFilePermission>> PARENT = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

	private static final Set<PosixFilePermission> FOREIGN = EnumSet.of(PosixFilePermission.GROUP_READ,
			PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_READ,
			PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

	private final Path path;

	private WorkDir(Path path) {
		this.path = path;
	}

	/**
	 * Open a work dir, and create it, with its parents, if it does not exist.
	 * @throws UnsafeWorkDirException if another user owns it, can use it or can replace
	 * it
	 * @throws IOException if it cannot be created
	 */
	public static WorkDir open(Path path) throws IOException {
		checkParents(path);
		Path parent = path.toAbsolutePath().normalize().getParent();
		if (parent != null) {
			Files.createDirectories(parent, PARENT);
			// Another user may have created one of them meanwhile.
			checkParents(path);
		}
		return reopen(path);
	}

	/**
	 * Check what exists of a work dir as {@link #open} does. Creates nothing.
	 * @throws UnsafeWorkDirException if another user owns it, can use it or can replace
	 * it
	 * @throws IOException if it cannot be looked at
	 */
	public static void check(Path path) throws IOException {
		checkParents(path);
		Path absolute = path.toAbsolutePath().normalize();
		if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
			checkItself(absolute);
		}
	}

	private static void checkParents(Path path) throws IOException {
		Path absolute = path.toAbsolutePath().normalize();
		Path parent = absolute.getParent();
		if (parent != null) {
			new ParentDirectories(SystemPathView.create()).check(parent);
		}
	}

	/**
	 * Open a work dir that was opened before, and create it if it is gone. The
	 * directories above it are not checked again: a pool that uses it goes on.
	 * @throws UnsafeWorkDirException if another user owns it or can use it
	 * @throws IOException if it cannot be created
	 */
	public static WorkDir reopen(Path path) throws IOException {
		Path absolute = path.toAbsolutePath().normalize();
		Path parent = absolute.getParent();
		if (parent != null) {
			Files.createDirectories(parent, PARENT);
		}
		create(absolute);
		checkItself(absolute);
		return new WorkDir(absolute);
	}

	private static void checkItself(Path absolute) throws IOException {
		PosixFileAttributes attributes = Files.readAttributes(absolute, PosixFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		if (!attributes.isDirectory()) {
			throw new UnsafeWorkDirException(absolute + " is not a directory");
		}
		if (!attributes.owner().equals(OwnUser.principal())) {
			throw new UnsafeWorkDirException(absolute + " belongs to " + attributes.owner().getName());
		}
		if (attributes.permissions().stream().anyMatch(FOREIGN::contains)) {
			throw new UnsafeWorkDirException(
					absolute + " has mode " + PosixFilePermissions.toString(attributes.permissions())
							+ ", so others may look into it; it must have 0700");
		}
	}

	/**
	 * Open a work dir in place of one that another user occupies: a directory beside it
	 * whose name begins with the name of that one and ends with random digits. One that
	 * an earlier call has created is used again.
	 * @throws UnsafeWorkDirException if other users can replace what is there
	 * @throws IOException if none can be created
	 */
	public static WorkDir beside(Path occupied) throws IOException {
		Path absolute = occupied.toAbsolutePath().normalize();
		Path parent = absolute.resolveSibling("");
		new ParentDirectories(SystemPathView.create()).check(parent);
		String prefix = absolute.getFileName() + "-";
		try (DirectoryStream<Path> others = Files.newDirectoryStream(parent, prefix + "*")) {
			for (Path other : others) {
				if (isOwn(other)) {
					return open(other);
				}
			}
		}
		return open(Files.createTempDirectory(parent, prefix, PRIVATE_DIRECTORY));
	}

	private static boolean isOwn(Path path) throws IOException {
		try {
			PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			return attributes.isDirectory() && attributes.owner().equals(OwnUser.principal())
					&& attributes.permissions().stream().noneMatch(FOREIGN::contains);
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

	private static void create(Path path) throws IOException {
		try {
			Files.createDirectory(path, PRIVATE_DIRECTORY);
		}
		catch (FileAlreadyExistsException ex) {
			// Checked by the caller.
		}
	}

	/**
	 * Return a path in this directory.
	 * @param name a name or relative path; an empty one stands for this directory
	 */
	public Path resolve(String name) {
		return this.path.resolve(name);
	}

	/**
	 * Return a directory in this one, and create it with mode 0700 if it does not exist.
	 */
	public Path directory(String name) throws IOException {
		Path directory = resolve(name);
		create(directory);
		return directory;
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
