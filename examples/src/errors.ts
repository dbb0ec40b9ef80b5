import { isTransportError } from "@x/errors";
import { retry } from "@x/errors/retry";
import { connect } from "@x/simple-ws/client";

try {
  await retry(() => connect("ws://127.0.0.1:1"), { attempts: 3, baseMs: 5, capMs: 20 });
} catch (error) {
  if (!isTransportError(error)) throw error;
  console.log(`${error.name}: ${error.code}, worth another try: ${error.retryable}`);
}
// prints: ConnectionError: simple-ws/network-error, worth another try: true
