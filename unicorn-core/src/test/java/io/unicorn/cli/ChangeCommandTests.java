package io.unicorn.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.Message.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class ChangeCommandTests {

	private final FakePool pool = new FakePool(0);

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ChangeCommand command = new ChangeCommand(this.pool,
			new PrintStream(this.out, true, StandardCharsets.UTF_8));

	private String printed() {
		return this.out.toString(StandardCharsets.UTF_8);
	}

	@Test
	void whatHappensIsPrinted() throws Exception {
		this.pool.replying(Result.DONE, "the pool goes \033[31mfrom 2 to 3 workers");
		Message.Request request = new Message.ScaleRequest(1, 3, "");
		this.command.run(request);
		assertThat(printed()).isEqualToIgnoringNewLines("the pool goes from 2 to 3 workers");
		assertThat(this.pool.requests).containsExactly(request);
	}

	@ParameterizedTest
	@EnumSource(names = "DONE", mode = EnumSource.Mode.EXCLUDE)
	void whatTheMasterDoesNotDoFails(Result result) {
		this.pool.replying(result, "there is no worker 7");
		assertThatExceptionOfType(CommandFailedException.class)
			.isThrownBy(() -> this.command.run(new Message.RetireRequest(1, 7, "")))
			.withMessage("there is no worker 7")
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(CommandFailedException.FAILED));
	}

	@Test
	void aStopWaitsForTheEndOfTheMaster() throws Exception {
		AtomicInteger looks = new AtomicInteger();
		this.pool.replying(Result.DONE, "the pool stops");
		this.command.stop(() -> looks.incrementAndGet() < 3, true, null);
		assertThat(looks).hasValue(3);
		assertThat(printed().lines()).containsExactly("the pool stops", "the pool has ended");
	}

	@Test
	void aStopMayBeLeftAlone() throws Exception {
		this.pool.replying(Result.DONE, "the pool stops");
		this.command.stop(() -> true, false, null);
		assertThat(printed().lines()).containsExactly("the pool stops");
	}

	@Test
	void theResultOfAStopThatTakesTooLongIsNotKnown() {
		this.pool.replying(Result.DONE, "the pool stops");
		assertThatExceptionOfType(CommandFailedException.class)
			.isThrownBy(() -> this.command.stop(() -> true, true, Duration.ZERO))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(CommandFailedException.UNKNOWN));
	}

	@Test
	void aMasterThatEndsBeforeItRepliesHasStopped() throws Exception {
		this.command.stop(() -> false, true, null);
		assertThat(printed().lines()).containsExactly("the pool has ended");
		assertThatExceptionOfType(CommandFailedException.class)
			.isThrownBy(() -> this.command.stop(() -> true, true, null));
	}

}
