package io.unicorn.worker;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DrainTests {

	private final Drain drain = new Drain();

	private final FakeServer one = new FakeServer(0);

	private final FakeServer other = new FakeServer(0);

	@Test
	void allServersEndTheirConnectionsAndContinueToAccept() {
		this.drain.add(this.one);
		this.drain.add(this.other);
		this.drain.startAccepting();
		this.drain.endConnections();
		this.drain.endConnections();
		assertThat(this.one.calls).containsExactly("start", "end");
		assertThat(this.other.calls).containsExactly("start", "end");
	}

	@Test
	void aServerThatIsAddedLateEndsItsConnectionsToo() {
		this.drain.endConnections();
		this.drain.add(this.one);
		assertThat(this.one.calls).containsExactly("end");
		assertThat(this.drain.startAccepting()).isTrue();
		this.drain.add(this.other);
		assertThat(this.one.calls).containsExactly("end", "start");
		assertThat(this.other.calls).containsExactly("end", "start");
	}

	@Test
	void serversThatHaveStoppedAcceptingAreNotToldToEndConnections() {
		this.drain.add(this.one);
		this.drain.stopAccepting();
		this.drain.endConnections();
		this.drain.add(this.other);
		assertThat(this.one.calls).containsExactly("stop");
		assertThat(this.other.calls).containsExactly("stop");
	}

}
