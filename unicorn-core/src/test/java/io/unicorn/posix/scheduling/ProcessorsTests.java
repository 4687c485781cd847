package io.unicorn.posix.scheduling;

import java.util.BitSet;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Chooses processors for the background.
 */
class ProcessorsTests {

	private static final BitSet EIGHT = IntStream.range(0, 8).collect(BitSet::new, BitSet::set, BitSet::or);

	@Test
	void wholeCoresAreChosen() {
		for (int start = 0; start < 100; start++) {
			BitSet chosen = Processors.choose(EIGHT, 4, start, (processor) -> "core " + processor % 4);
			assertThat(chosen.cardinality()).isEqualTo(4);
			assertThat(chosen.get(0, 4)).isEqualTo(chosen.get(4, 8));
		}
	}

	@Test
	void theStartDecidesWhichAreChosen() {
		assertThat(IntStream.range(0, 8)
			.mapToObj((start) -> Processors.choose(EIGHT, 1, start, (processor) -> "" + processor)))
			.doesNotHaveDuplicates()
			.allMatch((chosen) -> chosen.cardinality() == 1);
	}

	@Test
	void onlyAllowedProcessorsAreChosen() {
		BitSet allowed = BitSet.valueOf(new long[] { 0b1010_0010 });
		for (int start = 0; start < 100; start++) {
			BitSet chosen = Processors.choose(allowed, 2, start, (processor) -> "core " + processor / 2);
			assertThat(chosen.cardinality()).isEqualTo(2);
			chosen.andNot(allowed);
			assertThat(chosen.isEmpty()).isTrue();
		}
	}

}
