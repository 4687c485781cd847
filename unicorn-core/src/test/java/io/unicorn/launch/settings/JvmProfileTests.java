package io.unicorn.launch.settings;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class JvmProfileTests {

	private static final MachineResources SMALL = new MachineResources(2, 4L << 30);

	private static List<String> flags(JvmProfile profile, String... userFlags) {
		return profile.flags(SMALL, 2, List.of(userFlags));
	}

	@ParameterizedTest
	@CsvSource({ "2, 4, 1, false", "2, 4, 2, false", "2, 4, 3, true", "2, 24, 4, false", "8, 32, 5, false",
			"8, 6, 4, true", "8, 8, 4, false", "1, 64, 1, true", "2, 4, 9, true" })
	void aWorkerWithLittleMemoryOrOneProcessorHasTheSerialCollector(int cores, long gibibytes, int workers,
			boolean serial) {
		List<String> flags = JvmProfile.BALANCED.flags(new MachineResources(cores, gibibytes << 30), workers,
				List.of());
		assertThat(flags.contains("-XX:+UseSerialGC")).isEqualTo(serial);
	}

	@Test
	void theWorkersDivideTheInitialHeap() {
		assertThat(flags(JvmProfile.BALANCED)).containsExactly("-XX:ActiveProcessorCount=2", "-XX:G1ReservePercent=20",
				"-XX:InitialRAMPercentage=0.781");
	}

	@Test
	void compactWorkersUseASmallHeapAndReturnMemory() {
		assertThat(flags(JvmProfile.COMPACT)).containsExactly("-XX:ActiveProcessorCount=2", "-XX:+UseSerialGC",
				"-XX:InitialRAMPercentage=0.1", "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=30",
				"-XX:TieredStopAtLevel=1");
	}

	@ParameterizedTest
	@CsvSource({ "-XX:+UseParallelGC, false", "-XX:+UseZGC, false", "-XX:+UseSerialGC, false", "-XX:-UseG1GC, false",
			"-XX:G1ReservePercent=5, false", "-XX:+UseG1GC, true", "-XX:-UseZGC, true", "-Xmx1g, true" })
	void g1HasALargerReserve(String userFlag, boolean reserve) {
		assertThat(flags(JvmProfile.BALANCED, userFlag).contains("-XX:G1ReservePercent=20")).isEqualTo(reserve);
	}

	@Test
	void theSerialCollectorHasNoReserve() {
		assertThat(JvmProfile.BALANCED.flags(new MachineResources(1, 64L << 30), 2, List.of()))
			.containsExactly("-XX:ActiveProcessorCount=1", "-XX:+UseSerialGC", "-XX:InitialRAMPercentage=0.781");
	}

	@Test
	void noneAddsNoFlags() {
		assertThat(flags(JvmProfile.NONE)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "-XX:+UseG1GC, -XX:+UseSerialGC", "-XX:+UseParallelGC, -XX:+UseSerialGC",
			"-XX:-UseSerialGC, -XX:+UseSerialGC", "-XX:+UseZGC, -XX:+UseSerialGC",
			"-Xms64m, -XX:InitialRAMPercentage=0.1", "-XX:InitialHeapSize=64m, -XX:InitialRAMPercentage=0.1",
			"-XX:InitialRAMPercentage=3, -XX:InitialRAMPercentage=0.1", "-Xint, -XX:TieredStopAtLevel=1",
			"-XX:TieredStopAtLevel=3, -XX:TieredStopAtLevel=1", "-XX:-TieredCompilation, -XX:TieredStopAtLevel=1",
			"-XX:MinHeapFreeRatio=5, -XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=50, -XX:MaxHeapFreeRatio=30",
			"-XX:ActiveProcessorCount=1, -XX:ActiveProcessorCount=2" })
	void aFlagOfTheUsersReplacesTheOneOfTheProfile(String userFlag, String ours) {
		assertThat(flags(JvmProfile.COMPACT)).contains(ours);
		assertThat(flags(JvmProfile.COMPACT, "-Xmx1g", userFlag)).hasSize(5).doesNotContain(ours);
	}

}
