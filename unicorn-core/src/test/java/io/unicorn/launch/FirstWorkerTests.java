package io.unicorn.launch;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FirstWorkerTests {

	@Test
	void itTravelsOnACommandLine() {
		FirstWorker worker = new FirstWorker(4711, 103);
		assertThat(FirstWorker.parse(worker.toString())).isEqualTo(worker);
		assertThatIllegalArgumentException().isThrownBy(() -> FirstWorker.parse("4711"));
		assertThatIllegalArgumentException().isThrownBy(() -> FirstWorker.parse("a:b"));
	}

}
