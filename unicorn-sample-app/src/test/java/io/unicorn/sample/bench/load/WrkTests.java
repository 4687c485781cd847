package io.unicorn.sample.bench.load;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link Wrk}.
 */
class WrkTests {

	@Test
	void theLineOfOurScriptIsRead() throws IOException {
		assertThat(Wrk.read("""
				Running 2s test @ http://127.0.0.1:8080/hello
				figures: requests=30000 micros=2000000 errors=3 p50=900.00 p99=12500.00 p999=40000.00
				""")).isEqualTo(new LoadFigures(15000, 0.9, 12.5, 40, 30000, 3));
	}

	@Test
	void noFiguresAreAnError() {
		assertThatIOException().isThrownBy(() -> Wrk.read("unable to connect"))
			.withMessageContaining("unable to connect");
	}

}
