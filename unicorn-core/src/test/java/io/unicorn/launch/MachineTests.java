package io.unicorn.launch;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many processors workers are planned for.
 */
class MachineTests {

	private static final int KNOWN = Runtime.getRuntime().availableProcessors();

	@AfterEach
	void forget() {
		System.clearProperty(Machine.PROCESSORS_PROPERTY);
	}

	@Test
	void theJvmKnowsHowManyThereAre() {
		assertThat(Machine.current(List.of("-Xmx1g")).cores()).isEqualTo(KNOWN);
	}

	@Test
	void whoMayUseFewerAtTheMomentIsTold() {
		System.setProperty(Machine.PROCESSORS_PROPERTY, String.valueOf(KNOWN + 7));
		assertThat(Machine.current(List.of("-Xmx1g")).cores()).isEqualTo(KNOWN + 7);
	}

	@Test
	void theUsersOwnFlagSaysMore() {
		System.setProperty(Machine.PROCESSORS_PROPERTY, String.valueOf(KNOWN + 7));
		assertThat(Machine.current(List.of("-Xmx1g", "-XX:ActiveProcessorCount=3")).cores()).isEqualTo(KNOWN);
	}

}
