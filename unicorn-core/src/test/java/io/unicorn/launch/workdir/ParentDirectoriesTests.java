package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class ParentDirectoriesTests {

	private static final int BOB = 1000;

	private static final int MALLORY = 1001;

	private final Map<String, PathView.Entry> files = new HashMap<>();

	private boolean container;

	@BeforeEach
	void create() {
		directory("/", 0, 0, 0755);
		directory("/tmp", 0, 0, 01777);
		directory("/srv", 0, 0, 0755);
	}

	private void directory(String path, int owner, int group, int mode) {
		this.files.put(path, new PathView.Entry(owner, group, mode, 1, null));
	}

	private void link(String path, int owner, String target) {
		this.files.put(path, new PathView.Entry(owner, owner, 0777, 1, Path.of(target)));
	}

	private void check(String path) throws IOException {
		new ParentDirectories(new PathView() {

			@Override
			public Entry read(Path file) throws IOException {
				Entry entry = ParentDirectoriesTests.this.files.get(file.toString());
				if (entry == null) {
					throw new NoSuchFileException(file.toString());
				}
				return entry;
			}

			@Override
			public int user() {
				return BOB;
			}

			@Override
			public boolean isPrivate(int group) {
				return group == BOB;
			}

			@Override
			public boolean isContainer() {
				return ParentDirectoriesTests.this.container;
			}

		}).check(Path.of(path));
	}

	private void assertSafe(String path) {
		assertThatNoException().isThrownBy(() -> check(path));
	}

	private void assertUnsafe(String path, String message) {
		assertThatIOException().isThrownBy(() -> check(path))
			.isInstanceOf(UnsafeWorkDirException.class)
			.withMessageStartingWith(message);
	}

	@Test
	void theUsualPlacesAreSafe() {
		assertSafe("/tmp");
		assertSafe("/srv/app/that/does/not/exist");
		directory("/tmp/mine", BOB, BOB, 0700);
		assertSafe("/tmp/mine/deeper");
	}

	@ParameterizedTest(name = "owner {0}, group {1}, mode {2}: {3}")
	@CsvSource({ "0, 0, 0755, safe", "0, 0, 01777, safe", "0, 0, 0777, unsafe", "0, 0, 0775, safe",
			"0, 1001, 0775, unsafe", "0, 1001, 01775, safe", "1000, 1000, 0775, safe", "1000, 100, 0775, unsafe",
			"1000, 1000, 0777, unsafe", "1000, 1000, 0757, unsafe", "1001, 1001, 0755, unsafe",
			"1001, 1001, 0700, unsafe", "1001, 0, 01777, unsafe" })
	void aDirectoryIsSafeIfNoOtherUserCanReplaceWhatLiesInIt(int owner, int group, String mode, String result) {
		directory("/srv/app", owner, group, Integer.parseInt(mode, 8));
		directory("/srv/app/below", BOB, BOB, 0700);
		if (result.equals("safe")) {
			assertSafe("/srv/app/below");
		}
		else {
			assertUnsafe("/srv/app/below", "/srv/app ");
		}
	}

	@Test
	void theMessageSaysWhatToDo() {
		directory("/srv/app", 0, MALLORY, 0770);
		assertUnsafe("/srv/app", "/srv/app has mode 770, so other users could replace what the pool runs; take their "
				+ "right to write (chmod go-w /srv/app) or set the sticky bit (chmod +t /srv/app)");
		directory("/srv/app", MALLORY, MALLORY, 0755);
		assertUnsafe("/srv/app", "/srv/app belongs to user 1001, who could replace what the pool runs");
	}

	@Test
	void eachPartOfTheTargetOfALinkIsChecked() {
		directory("/run", 0, 0, 0755);
		link("/srv/run", 0, "/run");
		assertSafe("/srv/run/app");
		link("/srv/up", 0, "../tmp/./mine");
		directory("/tmp/mine", MALLORY, MALLORY, 0700);
		assertUnsafe("/srv/up/app", "/tmp/mine belongs to user 1001");
		link("/tmp/link", MALLORY, "/srv");
		assertUnsafe("/tmp/link/app", "/tmp/link belongs to user 1001");
		link("/srv/loop", 0, "loop");
		assertUnsafe("/srv/loop", "/srv/loop leads through too many symbolic links");
	}

	@Test
	void aVolumeOfAContainerIsSharedOnPurpose() {
		this.files.put("/srv/volume", new PathView.Entry(0, 0, 0777, 2, null));
		this.files.put("/srv/volume/work", new PathView.Entry(0, 0, 0777, 2, null));
		assertUnsafe("/srv/volume", "/srv/volume has mode 777");
		this.container = true;
		assertSafe("/srv/volume");
		assertUnsafe("/srv/volume/work", "/srv/volume/work has mode 777");
	}

	@Test
	void inAUserNamespaceRootHasTheNumberOfTheRootDirectory() {
		directory("/", 65534, 65534, 0755);
		directory("/home", 65534, 65534, 0755);
		assertSafe("/home/bob");
	}

}
