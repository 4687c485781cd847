package io.unicorn.launch.settings;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HeapFlagsTests {

	private static final long MEMORY = 8L << 30;

	@ParameterizedTest
	@CsvSource({ "-Xmx512m, 536870912", "-Xmx512M, 536870912", "-Xmx1048576, 1048576", "-Xmx64k, 65536",
			"-Xmx2g, 2147483648", "-Xmx1T, 1099511627776", "-XX:MaxHeapSize=1g, 1073741824",
			"-XX:MaxRAMPercentage=50, 4294967296", "-XX:MaxRAMPercentage=12.5, 1073741824",
			"-XX:MaxRAMFraction=4, 2147483648", "'-Xmx1g,-Xmx2g', 2147483648",
			"'-Xmx1g,-XX:MaxHeapSize=2g', 2147483648", "'-XX:MaxRAMPercentage=50,-XX:MaxRAMPercentage=25', 2147483648",
			"'-Xmx1g,-XX:MaxRAMPercentage=50', 1073741824", "'-XX:MaxRAMPercentage=50,-Xmx1g', 1073741824",
			"'-server,-Xms1g,-Xmx2g,-Dx=y', 2147483648" })
	void theMaximumHeapIsFoundInTheFlags(String flags, long bytes) {
		assertThat(HeapFlags.maxHeapBytes(List.of(flags.split(",", -1)), MEMORY)).hasValue(bytes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-Xms512m", "-Xss1m", "-XX:InitialRAMPercentage=50", "-XX:MinRAMPercentage=50",
			"-XX:MaxMetaspaceSize=64m", "-Dx=-Xmx1g", "-Xmx", "-Xmxlarge" })
	void otherFlagsDoNotSetTheMaximumHeap(String flag) {
		assertThat(HeapFlags.maxHeapBytes(List.of(flag), MEMORY)).isEmpty();
	}

}
