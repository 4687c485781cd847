package io.unicorn.launch.settings;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Counts the processors for which workers are planned.
 */
class MachineResourcesTests {

	private static final int KNOWN = Runtime.getRuntime().availableProcessors();

	@AfterEach
	void forget() {
		System.clearProperty(MachineResources.PROCESSORS_PROPERTY);
	}

	@Test
	void theJvmCountsTheProcessors() {
		assertThat(MachineResources.current(List.of("-Xmx1g")).cores()).isEqualTo(KNOWN);
	}

	@Test
	void thePropertyOverridesTheCount() {
		System.setProperty(MachineResources.PROCESSORS_PROPERTY, String.valueOf(KNOWN + 7));
		assertThat(MachineResources.current(List.of("-Xmx1g")).cores()).isEqualTo(KNOWN + 7);
	}

	@Test
	void theUsersOwnFlagOverridesTheProperty() {
		System.setProperty(MachineResources.PROCESSORS_PROPERTY, String.valueOf(KNOWN + 7));
		assertThat(MachineResources.current(List.of("-Xmx1g", "-XX:ActiveProcessorCount=3")).cores()).isEqualTo(KNOWN);
	}

}
