package io.unicorn.boot.once;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link OwnDatabase}.
 */
class OwnDatabaseTests {

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:h2:mem:test", "jdbc:hsqldb:mem:test", "jdbc:derby:memory:test",
			"jdbc:sqlite::memory:", "jdbc:sqlite:file:test?mode=memory&cache=shared" })
	void aDatabaseInMemoryBelongsToOneProcess(String url) {
		assertThat(OwnDatabase.isInMemory(url)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "jdbc:h2:tcp://localhost/mem:test", "jdbc:h2:file:./mem", "jdbc:hsqldb:hsql://localhost/mem",
					"jdbc:derby:memory-of-them", "jdbc:sqlite:memory.db", "jdbc:postgresql://localhost/mem:" })
	void otherDatabasesAreShared(String url) {
		assertThat(OwnDatabase.isInMemory(url)).isFalse();
	}

}
