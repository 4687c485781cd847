package io.unicorn.launch;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * The private directory in which pools of one user keep what they need beside the
 * application. Only its owner can look into it.
 */
public final class WorkDir {

	/** Mode 0600. */
	public static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	/** Mode 0700. */
	public static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

	private static final Set<PosixFilePermission> FOREIGN = EnumSet.of(PosixFilePermission.GROUP_READ,
			PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_READ,
			PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

	private final Path path;

	private WorkDir(Path path) {
		this.path = path;
	}

	/**
	 * Return the directory that is used when none is configured: {@code unicorn-<user>}
	 * among the temporary files.
	 */
	public static Path defaultPath() {
		return Path.of(System.getProperty("java.io.tmpdir"), "unicorn-" + System.getProperty("user.name"));
	}

	/**
	 * Open the directory, and create it if it does not exist.
	 * @throws UnsafeWorkDirException if anybody else could write or read there
	 * @throws IOException if it cannot be created
	 */
	public static WorkDir open(Path path) throws IOException {
		Path absolute = path.toAbsolutePath().normalize();
		Path parent = absolute.getParent();
		if (parent != null) {
			Files.createDirectories(parent);
		}
		create(absolute);
		PosixFileAttributes attributes = Files.readAttributes(absolute, PosixFileAttributes.class,
				LinkOption.NOFOLLOW_LINKS);
		if (!attributes.isDirectory()) {
			throw new UnsafeWorkDirException(absolute + " is not a directory");
		}
		if (!attributes.owner().equals(owner())) {
			throw new UnsafeWorkDirException(absolute + " belongs to " + attributes.owner().getName());
		}
		if (attributes.permissions().stream().anyMatch(FOREIGN::contains)) {
			throw new UnsafeWorkDirException(
					absolute + " has mode " + PosixFilePermissions.toString(attributes.permissions())
							+ ", so others may look into it; it must have 0700");
		}
		return new WorkDir(absolute);
	}

	/** The owner of a process's own entry in /proc is the user that it acts as. */
	private static java.nio.file.attribute.UserPrincipal owner() throws IOException {
		return Files.getOwner(Path.of("/proc/self"));
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
	 */
	public Path resolve(String name) {
		return this.path.resolve(name);
	}

	/**
	 * Return a directory in this one, created if it does not exist.
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
