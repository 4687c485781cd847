package io.unicorn.boot.bootstrap.addresses;

import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.BindAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PassedSocketsTests {

	private static PassedSockets of(String pid, String count, String names) {
		return PassedSockets.of(Map.of("LISTEN_PID", pid, "LISTEN_FDS", count, "LISTEN_FDNAMES", names), 7);
	}

	@Test
	void theSocketsOfThisProcessHaveTheirNames() {
		assertThat(of("7", "2", "http:management").names()).containsExactly("http", "management");
		assertThat(of("7", "3", "http:").names()).containsExactly("http", "unknown", "unknown");
		assertThat(PassedSockets.of(Map.of("LISTEN_PID", "7", "LISTEN_FDS", "1"), 7).names())
			.containsExactly("unknown");
	}

	@ParameterizedTest
	@CsvSource({ "8, 1", "7, 0", "7, -1", "7, many", "7, 9999", "'', 1", "7, ''" })
	void thereAreNoneForAnotherProcessOrWithoutANumber(String pid, String count) {
		assertThat(of(pid, count, "http").names()).isEmpty();
		assertThat(PassedSockets.of(Map.of(), 7).names()).isEmpty();
	}

	@Test
	void aProcessThatPreparesKnowsThemByTheMaster() {
		System.setProperty(WorkerCommand.PASSED_PROPERTY, "http:unknown");
		try {
			assertThat(PassedSockets.current().names()).containsExactly("http", "unknown");
			System.setProperty(WorkerCommand.PASSED_PROPERTY, "");
			assertThat(PassedSockets.current().names()).isEmpty();
		}
		finally {
			System.clearProperty(WorkerCommand.PASSED_PROPERTY);
		}
	}

	@Test
	void theServerHasThoseWithItsNameOrElseAllButThatOfTheManagementServer() {
		assertThat(new PassedSockets(List.of("management", "x", "http", "http")).ofServer())
			.containsExactly(new BindAddress.Passed(5), new BindAddress.Passed(6));
		PassedSockets unnamed = new PassedSockets(List.of("a.socket", "management", "a.socket"));
		assertThat(unnamed.ofServer()).containsExactly(new BindAddress.Passed(3), new BindAddress.Passed(5));
		assertThat(unnamed.ofManagement()).isEqualTo(new BindAddress.Passed(4));
		assertThat(new PassedSockets(List.of()).ofServer()).isEmpty();
		assertThat(new PassedSockets(List.of("http")).ofManagement()).isNull();
	}

}
