package io.unicorn.launch.plan;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MasterCommandTests {

	@Test
	void variablesThatDescribePassedSocketsAreForTheBootstrapAlone() {
		assertThat(MasterCommand.commonEnvironment(List.of("LISTEN_PID=7", "A=b", "LISTEN_FDS=1", "LISTEN_FDNAMES=http",
				"LISTEN_PIDFDID=1", "LISTEN_OTHERS=c", "odd")))
			.containsExactly("A=b", "LISTEN_OTHERS=c", "odd");
	}

}
