package io.unicorn.worker;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DrainTests {

	private final List<String> faults = new ArrayList<>();

	private final Drain drain = new Drain((what, fault) -> this.faults.add(what + ": " + fault.getMessage()));

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
	void aServerThatFailsKeepsNoOtherFromItsOrders() {
		FakeServer failing = new FakeServer(0) {

			@Override
			public void startAccepting() {
				throw new IllegalStateException("cannot start");
			}

			@Override
			public void endConnections() {
				throw new IllegalStateException("cannot end");
			}

			@Override
			public void stopAccepting() {
				throw new IllegalStateException("cannot stop");
			}

		};
		this.drain.add(failing);
		this.drain.add(this.one);
		assertThat(this.drain.startAccepting()).isTrue();
		this.drain.endConnections();
		this.drain.stopAccepting();
		assertThat(this.one.calls).containsExactly("start", "end", "stop");
		assertThat(this.faults).containsExactly("a server could not accept: cannot start",
				"a server could not end its connections: cannot end", "a server could not stop accepting: cannot stop");
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
