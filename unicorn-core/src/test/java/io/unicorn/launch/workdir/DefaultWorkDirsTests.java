package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import io.unicorn.posix.OwnUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DefaultWorkDirsTests {

	private static final String NAME = DefaultWorkDirs.name(System.getProperty("user.name"));

	@Test
	void thePlacesAreTriedFromTheUsualOneToTheHome() {
		assertThat(DefaultWorkDirs.all("/tmp", "/home/bob", Map.of("XDG_RUNTIME_DIR", "/run/user/1000")))
			.containsExactly(Path.of("/tmp", NAME), Path.of("/dev/shm", NAME), Path.of("/run/user/1000/unicorn"),
					Path.of("/home/bob/.cache/unicorn"));
	}

	@Test
	void aUserWithoutAHomeHasThePlacesThatRemain() {
		assertThat(DefaultWorkDirs.all("/dev/shm", "?", Map.of("XDG_RUNTIME_DIR", "")))
			.containsExactly(Path.of("/dev/shm", NAME));
		assertThat(DefaultWorkDirs.all(null, null, Map.of())).containsExactly(DefaultWorkDirs.inMemory());
	}

	@Test
	void thePathNamesTheUser() {
		assertThat(DefaultWorkDirs.name("bob_2.x-y")).isEqualTo("unicorn-bob_2.x-y");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "?", "", "../bob", "j\u00fcrgen", "j\ufffd\ufffdrgen", "DOMAIN\\bob" })
	void aUserWithoutAUsableNameHasANumber(String name) throws IOException {
		assertThat(DefaultWorkDirs.name(name)).isEqualTo("unicorn-" + OwnUser.id());
	}

}
