import DripCore
import DripStore
