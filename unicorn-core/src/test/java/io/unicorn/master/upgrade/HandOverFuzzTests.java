package io.unicorn.master.upgrade;

import java.io.IOException;
import java.util.List;

import io.unicorn.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("one-jdk")
class HandOverFuzzTests {

	@Test
	void aMutatedStateIsReadOrRefused() throws Exception {
		Fuzzing.run(List.of(HandOverBytes.of(HandOverFileTests.full())), (input, random) -> {
			HandOver state;
			try {
				state = HandOverBytes.read(input);
			}
			catch (IOException ex) {
				return false;
			}
			assertThat(HandOverBytes.read(HandOverBytes.of(state))).isEqualTo(state);
			return true;
		});
	}

}
