package io.unicorn.boot;

import java.util.Map;

import io.unicorn.ipc.Message;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

class LeadershipRevokedEventTests {

	private final LeadershipRevokedEvent event = new LeadershipRevokedEvent(new PoolWorker(mock()));

	@Test
	void whatIsTooMuchIsRefusedAndTheRestIsLeft() {
		this.event.handOver("a", "x".repeat(Message.Resigned.MAX_CHARACTERS - 3));
		assertThatIllegalArgumentException().isThrownBy(() -> this.event.handOver("b", "yy"))
			.withMessageContaining("b has 3");
		this.event.handOver("b", "y");
		assertThat(this.event.handOver()).hasSize(2).containsEntry("b", "y");
		assertThat(new Message.Resigned(this.event.handOver()).handOver()).hasSize(2);
	}

	@Test
	void aTextThatIsReplacedDoesNotCount() {
		String half = "x".repeat(Message.Resigned.MAX_CHARACTERS / 2 + 1);
		this.event.handOver("a", half);
		this.event.handOver("a", half);
		assertThat(this.event.handOver()).isEqualTo(Map.of("a", half));
	}

}
