package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.unicorn.posix.OwnUser;

/**
 * Shows the files of this system.
 */
final class SystemPathView implements PathView {

	/** Inode of the pid namespace of the host, a constant of the kernel. */
	private static final String HOST_NAMESPACE = "4026531836";

	private static final int SYMBOLIC_LINK = 0120000;

	private static final int TYPE = 0170000;

	private final int user;

	private SystemPathView(int user) {
		this.user = user;
	}

	static SystemPathView create() throws IOException {
		return new SystemPathView(OwnUser.id());
	}

	@Override
	public Entry read(Path path) throws IOException {
		Map<String, Object> found = Files.readAttributes(path, "unix:uid,gid,mode,dev", LinkOption.NOFOLLOW_LINKS);
		int mode = number(found, "mode").intValue();
		return new Entry(number(found, "uid").intValue(), number(found, "gid").intValue(), mode,
				number(found, "dev").longValue(),
				((mode & TYPE) == SYMBOLIC_LINK) ? Files.readSymbolicLink(path) : null);
	}

	private static Number number(Map<String, Object> attributes, String name) {
		return (Number) Objects.requireNonNull(attributes.get(name), name);
	}

	@Override
	public int user() {
		return this.user;
	}

	/**
	 * The group of the same name that many systems give each user: no other user has it
	 * as first group, and it has no further member.
	 */
	@Override
	public boolean isPrivate(int group) {
		String id = Integer.toUnsignedString(group);
		List<String[]> users = lines("/etc/passwd").filter((fields) -> fields.length > 3 && fields[3].equals(id))
			.toList();
		return users.size() == 1 && users.get(0)[2].equals(Integer.toUnsignedString(this.user))
				&& lines("/etc/group").filter((fields) -> fields.length > 2 && fields[2].equals(id))
					.allMatch((fields) -> fields[0].equals(users.get(0)[0])
							&& (fields.length < 4 || fields[3].isEmpty() || fields[3].equals(users.get(0)[0])));
	}

	private static Stream<String[]> lines(String file) {
		try {
			return Files.readAllLines(Path.of(file), StandardCharsets.ISO_8859_1)
				.stream()
				.map((line) -> line.split(":", -1));
		}
		catch (IOException ex) {
			return Stream.empty();
		}
	}

	@Override
	public boolean isContainer() {
		try {
			return !new ProcessTable().namespace().equals(HOST_NAMESPACE);
		}
		catch (IOException ex) {
			return false;
		}
	}

}
